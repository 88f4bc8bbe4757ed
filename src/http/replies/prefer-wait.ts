import { setTimeout } from 'node:timers/promises';
import type { Call } from '../pipeline/request-context';

const MAX_WAIT_SECONDS = 30;
/** Milliseconds left after the wait to send the response. */
const RESPONSE_MS = 1500;

/**
 * Returns the seconds of `Prefer: wait=N` (RFC 7240), at most 30; null without that preference. Unknown or malformed
 * preferences are ignored, and the first of two equal preferences counts, as the RFC requires.
 */
export function secondsToWait(prefer: string | undefined): number | null {
  const preference = splitOutsideQuotes(prefer ?? '', ',')
    .map((each) => splitOutsideQuotes(each, ';')[0] ?? '')
    .find((each) => /^\s*wait\s*(?:=|$)/i.test(each));
  const [, , seconds] = /^\s*wait\s*=\s*("?)(\d+)\1\s*$/i.exec(preference ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
}

/** Returns the parts of a header between separators; those inside a quoted string (RFC 9110 §5.6.4) do not count. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const part = separator === ',' ? /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/gs : /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/gs;
  return text.match(part) ?? [];
}

export interface WaitUntilSettledInput<Item> {
  call: Call;
  seconds: number;
  read: () => Promise<Item | null>;
  /** Returns true once a waiting caller can act: the item has ended, or waits for a person or a later day. */
  hasSettled: (item: Item) => boolean | Promise<boolean>;
  /** Resolves when the item has changed, or `isOver` returns true. */
  changed: (item: Item, isOver: () => boolean) => Promise<void>;
}

/**
 * Reads an item until it has settled, the time is up, or nobody waits for the response any more. Returns the item as
 * last read; null if it was never read, as when the database becomes unavailable.
 */
export async function waitUntilSettled<Item>({
  call,
  seconds,
  read,
  hasSettled,
  changed,
}: WaitUntilSettledInput<Item>): Promise<Item | null> {
  const { deadline, abandoned, slot } = call;
  const untilMs = performance.now() + seconds * 1000;
  deadline.restart(seconds * 1000 + RESPONSE_MS);
  slot.release();
  const isOver = (): boolean => abandoned() || performance.now() >= untilMs;
  let latest: Item | null = null;
  const readUntilSettled = async (): Promise<void> => {
    for (;;) {
      latest = await read();
      if (latest === null || isOver() || (await hasSettled(latest))) return;
      await changed(latest, isOver);
    }
  };
  const timeIsUp = new AbortController();
  const lateMs = seconds * 1000 + RESPONSE_MS / 2;
  try {
    await Promise.race([readUntilSettled(), setTimeout(lateMs, undefined, { signal: timeIsUp.signal })]);
  } catch {
    // A failed read is no failure of the item, which was accepted.
  } finally {
    timeIsUp.abort();
  }
  return latest;
}
