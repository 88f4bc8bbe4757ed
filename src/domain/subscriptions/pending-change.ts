import type { BillingPeriod, BillingSchedule } from './billing/billing-period';
import type { PlanItem } from './plan';
import type { Refusal } from '../refusal';

/** The terms of a subscription that take effect when an invoice is paid. */
export interface NextTerms {
  item: PlanItem;
  schedule: BillingSchedule;
  /** The period that runs then. */
  period: BillingPeriod;
}

const HOUR_MS = 3_600_000;
/** The longest time in which an ordered change may be paid. */
export const CHANGE_PAID_WITHIN_MS = 23 * HOUR_MS;

/** Returns the instant at which an unpaid change falls: 23 h after the order, and never after the present period. */
export function changeDeadline({ orderedAt, periodEndAt }: { orderedAt: string; periodEndAt: string }): string {
  const until = Date.parse(orderedAt) + CHANGE_PAID_WITHIN_MS;
  return new Date(Math.min(until, Date.parse(periodEndAt))).toISOString();
}

/** The time for which a previewed price can be ordered. */
export const PREVIEW_VALID_MS = 10 * 60_000;

export interface PreviewedPrice {
  /** The `at` of the preview, ISO 8601. */
  previewedAt: string;
  now: string;
}

export interface PreviewedStanding extends PreviewedPrice {
  /** The present period; null before the first. */
  period: Pick<BillingPeriod, 'startAt' | 'endAt'> | null;
  /** The instant of the last change of plan or period, ISO 8601; null without one. */
  pricedAt: string | null;
}

const outdated: Refusal = {
  code: 'PREVIEW_OUTDATED',
  detail:
    'The preview is more than 10 minutes old, or plan or period have changed since: ' +
    'request a new preview, show it, and send its "at".',
};

/** Refuses a preview that is more than 10 minutes old. */
export const refuseOldPreview = ({ previewedAt, now }: PreviewedPrice): Refusal | null =>
  Math.abs(Date.parse(now) - Date.parse(previewedAt)) > PREVIEW_VALID_MS ? outdated : null;

/** Refuses a preview whose figures a change ordered now would not have: plan or period have changed since. */
export function refuseOutdatedPreview({ previewedAt, now, period, pricedAt }: PreviewedStanding): Refusal | null {
  const at = Date.parse(previewedAt);
  if (pricedAt !== null && at < Date.parse(pricedAt)) return outdated;
  if (period === null) return null;
  const isOver = Date.parse(now) >= Date.parse(period.endAt);
  return at < Date.parse(period.startAt) || at >= Date.parse(period.endAt) || isOver ? outdated : null;
}
