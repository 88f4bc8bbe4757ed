import { DomainError } from '../domain-error';
import type { ReportWindow } from './calendar/window';

/** A statement as far as its neighbours need it. */
export interface StatementTimes {
  asOf: Date;
  /** The `asOf` of the statement of the month before, from whose closing it goes on; null where none was made. */
  previousAsOf: Date | null;
  /** True where a schedule has ordered a statement of this month. */
  hasSchedule: boolean;
}

export interface AsOfOfStatementInput {
  window: { period: string | null };
  /** The instant that was asked for; the present one by default. */
  asOf: Date;
  /** True where no instant was asked for: a statement of the month that exists gives its own. */
  sharesAsOf: boolean;
  /** True for a statement that a schedule orders. */
  isScheduled: boolean;
  /** The newest statements of the month before, of the month itself and of the month after that did not fail. */
  before: StatementTimes | null;
  own: StatementTimes | null;
  next: StatementTimes | null;
}

/**
 * Returns the `asOf` of a statement that joins its neighbours: the opening of a month is the closing of the month
 * before. Where the month after exists, that is the instant from which it goes on, whatever was asked for: so a month
 * whose statement failed or was left out can still be made. Statements of one month without an instant of their own
 * share one, so that two schedules say the same, and the later of them is no second statement of a closed month. The
 * first that a schedule orders takes no instant from those ordered by hand: an early one would move what is recorded
 * until the schedule's day to the next month.
 * @throws DomainError `WINDOW_CLOSED` where the statement of the month after goes on from one that exists,
 *   `AS_OF_INVALID` for an instant before the `asOf` of the month before
 */
export function asOfOfStatement(input: AsOfOfStatementInput): Date {
  const { window, asOf, sharesAsOf, isScheduled, before, own, next } = input;
  const fixed = next && (next.previousAsOf ?? next.asOf);
  const isCopy = sharesAsOf && isScheduled;
  if (fixed && own?.asOf.getTime() === fixed.getTime() && !isCopy)
    throw new DomainError(
      'WINDOW_CLOSED',
      `The statement of the month after ${window.period} exists: what is recorded late stands in it or a later one.`,
    );
  const isShared = sharesAsOf && own !== null && (!isScheduled || own.hasSchedule);
  const joined = fixed ?? (isShared ? own.asOf : asOf);
  if (before && before.asOf > joined)
    throw new DomainError(
      'AS_OF_INVALID',
      `The statement of the month before counts what was recorded up to ${before.asOf.toISOString()}: ` +
        (fixed
          ? 'the one of the month after goes on from an earlier instant.'
          : 'send that instant or a later one, or leave asOf out.'),
      { pointer: '/asOf' },
    );
  return joined;
}

/**
 * Returns the warning of a statement that does not continue that of the month before, because that was made in another
 * zone, whose months begin and end at other instants.
 */
export function newChainWarning(window: ReportWindow, before: ReportWindow): string {
  const { timeZone, startAt } = window;
  const [from, to] = [startAt, before.endAt].toSorted();
  const between =
    from === to
      ? ''
      : ` What was posted from ${from} until ${to} is an entry of ${from === startAt ? 'both' : 'neither'}.`;
  return (
    `This statement does not continue that of ${before.period}, which was made in ${before.timeZone}: it is in ` +
    `${timeZone}, and opens with all that was posted before the month.${between} To continue that one, order this ` +
    `one with timeZone ${before.timeZone}.`
  );
}
