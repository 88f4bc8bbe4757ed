import { billingPeriodAt, localStart, localTimeOf, requireSchedule, type BillingSchedule } from './billing-period';

/* Not for workflow code; see billing-period.ts. */

export interface ContinueScheduleInput {
  schedule: BillingSchedule;
  /** The instant at which the new schedule begins, ISO 8601. */
  startAt: string;
  /** Default to those of the schedule. */
  interval?: BillingSchedule['interval'];
  intervalCount?: number;
}

/**
 * Returns the schedule that replaces another from `startAt` on, such as that of the next plan, or when a pause ends.
 *
 * A boundary of a short month is a result, not the rule: on the day of a boundary the anchor day is kept, and at the
 * boundary itself the anchor's local time too. So a quarter that begins on 28 Feb after a month from 31 Jan ends on
 * 31 May. On any other day `startAt` is the anchor.
 */
export function continueSchedule({
  schedule,
  startAt,
  interval = schedule.interval,
  intervalCount = schedule.intervalCount,
}: ContinueScheduleInput): BillingSchedule {
  const { timeZone } = schedule;
  const start = localStart({ startAt, timeZone });
  const endOfDay = start.startOfDay().add({ days: 1 }).subtract({ seconds: 1 });
  const last = billingPeriodAt({ schedule, at: endOfDay.toInstant().toString() });
  const boundary = localStart({ startAt: last.startAt, timeZone });
  // The start of a shorter first period is no boundary of the anchor.
  const isAnchored = last.fullStartAt === last.startAt;
  const keepsDay = isAnchored && boundary.toPlainDate().equals(start.toPlainDate());
  const keepsTime = isAnchored && boundary.equals(start);
  const hasAnchorDay = byMonth(schedule.interval) && byMonth(interval);
  return requireSchedule({
    timeZone,
    startAt,
    interval,
    intervalCount,
    anchorDay: keepsDay && hasAnchorDay ? (schedule.anchorDay ?? localStart(schedule).day) : null,
    anchorTime: keepsTime ? (schedule.anchorTime ?? localTimeOf(schedule)) : null,
  });
}

const byMonth = (interval: BillingSchedule['interval']): boolean => interval === 'month' || interval === 'year';
