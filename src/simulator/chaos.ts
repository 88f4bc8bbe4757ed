import { createHash } from 'node:crypto';
import { RequestRefused } from './request-refused';

/** Deliberate faults. Percentages are of idempotency keys, chosen by seed and key, so a run can be repeated exactly. */
export interface Chaos {
  seed: string;
  /** Keys whose first call is carried out and never gets a response. */
  timeoutAfterChargePercent: number;
  /** Keys whose first call gets a 503 and has no effect. */
  unavailablePercent: number;
  /** Authorisations that are declined although the card is valid. */
  declinePercent: number;
  /** Delay before every response. */
  latencyMs: number;
  /** Every call except the admin call and reading the ledger gets a 503. */
  down: boolean;
}

export const CALM: Chaos = {
  seed: 'calm',
  timeoutAfterChargePercent: 0,
  unavailablePercent: 0,
  declinePercent: 0,
  latencyMs: 0,
  down: false,
};

/** Returns a number from 0 up to 100, the same for the same words. */
export function percentile(...words: string[]): number {
  return (createHash('sha256').update(JSON.stringify(words)).digest().readUInt32BE(0) / 2 ** 32) * 100;
}

/**
 * Returns the settings with the changed fields of an admin call.
 * @throws RequestRefused naming the field that is unknown or out of range.
 */
export function changeChaos(current: Chaos, change: Record<string, unknown>): Chaos {
  for (const [field, value] of Object.entries(change)) {
    const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof Chaos] : undefined;
    if (!rule)
      throw new RequestRefused(
        400,
        'unknown_field',
        `${field} is not a chaos setting; the settings are ${Object.keys(RULES).join(', ')}`,
      );
    if (!rule.holds(value)) throw new RequestRefused(400, 'invalid_field', `${field} must be ${rule.description}`);
  }
  return { ...current, ...change };
}

const percent = {
  description: 'a number from 0 to 100',
  holds: (value: unknown) => typeof value === 'number' && value >= 0 && value <= 100,
};
const RULES: Record<keyof Chaos, { description: string; holds: (value: unknown) => boolean }> = {
  seed: { description: 'a text', holds: (value) => typeof value === 'string' },
  timeoutAfterChargePercent: percent,
  unavailablePercent: percent,
  declinePercent: percent,
  latencyMs: {
    description: 'milliseconds, 0 to 60000',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 60_000,
  },
  down: { description: 'true or false', holds: (value) => typeof value === 'boolean' },
};
