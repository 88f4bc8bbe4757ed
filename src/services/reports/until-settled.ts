import { setTimeout } from 'node:timers/promises';

/** A fact takes its real time shortly before its transaction commits, and is then read by every report. */
const SETTLE_MS = 2000;

/** Returns the instant from which all facts that were recorded up to `asOf` are there. */
export const settledAt = (asOf: Date): Date => new Date(asOf.getTime() + SETTLE_MS);

/** Waits until the facts that were recorded up to `asOf` are there, so that every report of them finds the same. */
export const untilSettled = (asOf: Date): Promise<void> =>
  setTimeout(Math.max(0, settledAt(asOf).getTime() - Date.now()));
