import { requireFiringTimes, type ReportSchedule } from './firing-times';
import { instantsAfter } from './local-times';
import { toIso } from './dates';

/**
 * Returns the first firing after an instant, both ISO 8601.
 * @throws DomainError as {@link requireFiringTimes}
 */
export const nextFiring = (schedule: ReportSchedule, after: string): string =>
  toIso(firingsAfter(schedule, Date.parse(after)).next().value);

export interface FiringsBetweenInput {
  schedule: ReportSchedule;
  /** ISO 8601, excluded. */
  after: string;
  /** ISO 8601, included. */
  until: string;
  limit: number;
}

/**
 * Returns the firings of a time in their order, at most `limit` of them.
 * @throws DomainError as {@link requireFiringTimes}
 */
export function firingsBetween({ schedule, after, until, limit }: FiringsBetweenInput): string[] {
  const untilMs = Date.parse(until);
  const found: string[] = [];
  if (limit < 1) return found;
  for (const firingMs of firingsAfter(schedule, Date.parse(after))) {
    if (firingMs > untilMs) break;
    if (found.push(toIso(firingMs)) === limit) break;
  }
  return found;
}

/** Yields the firings after an instant, in milliseconds. @throws DomainError as {@link requireFiringTimes} */
export const firingsAfter = (schedule: ReportSchedule, afterMs: number): Generator<number, never> =>
  instantsAfter(requireFiringTimes(schedule), schedule.timeZone, afterMs);
