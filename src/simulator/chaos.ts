import { createHash } from 'node:crypto';
import { RequestRefused } from './request-refused';

/**
 * Trouble on purpose. Percentages are of idempotency keys, chosen by seed and key, so a run can be repeated exactly.
 */
export interface Chaos {
  seed: string;
  /** Keys whose first call is done and never answered. */
  timeoutAfterChargePercent: number;
  /** Keys whose first call is answered 503, nothing done. */
  unavailablePercent: number;
  /** Authorisations declined although the card is good. */
  declinePercent: number;
  /** Added before every answer. */
  latencyMs: number;
  /** Everything but the admin call and reading the ledger is answered 503. */
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

/** A number from 0 up to 100, the same for the same words. */
export function percentile(...words: string[]): number {
  return (createHash('sha256').update(JSON.stringify(words)).digest().readUInt32BE(0) / 2 ** 32) * 100;
}

/**
 * The settings with the fields of an admin call taken over.
 * @throws RequestRefused naming the field that is unknown or out of range.
 */
export function changeChaos(current: Chaos, change: Record<string, unknown>): Chaos {
  for (const [field, value] of Object.entries(change)) {
    const rule = Object.hasOwn(RULES, field) ? RULES[field as keyof Chaos] : undefined;
    if (!rule)
      throw new RequestRefused(
        400,
        'unknown_field',
        `${field} is no chaos setting; there are ${Object.keys(RULES).join(', ')}`,
      );
    if (!rule.holds(value)) throw new RequestRefused(400, 'invalid_field', `${field} must be ${rule.says}`);
  }
  return { ...current, ...change };
}

const percent = {
  says: 'a number from 0 to 100',
  holds: (value: unknown) => typeof value === 'number' && value >= 0 && value <= 100,
};
const RULES: Record<keyof Chaos, { says: string; holds: (value: unknown) => boolean }> = {
  seed: { says: 'a text', holds: (value) => typeof value === 'string' },
  timeoutAfterChargePercent: percent,
  unavailablePercent: percent,
  declinePercent: percent,
  latencyMs: {
    says: 'milliseconds, 0 to 60000',
    holds: (value) => typeof value === 'number' && value >= 0 && value <= 60_000,
  },
  down: { says: 'true or false', holds: (value) => typeof value === 'boolean' },
};
