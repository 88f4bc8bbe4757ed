import { amountStepOf } from '../amount-step';
import { billingPeriod, requireSchedule, type BillingPeriod, type BillingSchedule } from './billing/billing-period';
import { continueSchedule } from './billing/continue-schedule';
import { invoiceForPeriod, invoiceForPlanChange, type InvoiceDraft } from './invoice';
import type { Money } from '../money';
import type { NextTerms } from './pending-change';
import { keepsPeriod, type PlanItem, type PlanTerms } from './plan';

/* Not for workflow code; see billing-period.ts. */

/** The facts that an invoice is computed from. */
export interface BillingStanding {
  item: PlanItem;
  schedule: BillingSchedule;
  /** The current period; null where nothing has been charged yet. */
  period: BillingPeriod | null;
  /** The start of the next period; before the first, the start of billing. */
  nextPeriodAt: string;
  /** The tenant's gateway accepts only multiples of this many minor units. */
  stepMinor: number;
  creditBalance: Money;
}

/**
 * Returns the standing of a stored subscription. A plan whose first period is being charged counts already: a further
 * change follows it.
 */
export const billingStandingOf = ({
  tenantId,
  item,
  schedule,
  period,
  nextPeriodAt,
  creditBalance,
  charge,
}: BillingStandingSource): BillingStanding => ({
  item: charge?.next?.item ?? item,
  schedule: charge?.next?.schedule ?? schedule,
  period,
  nextPeriodAt: nextPeriodAt.toISOString(),
  stepMinor: amountStepOf({ tenantId, currency: creditBalance.currency }),
  creditBalance,
});
type BillingStandingSource = Omit<BillingStanding, 'nextPeriodAt' | 'stepMinor'> & {
  tenantId: string;
  nextPeriodAt: Date;
  charge: { next?: NextTerms | null } | null;
};

/** An invoice, and the subscription's billing after it. */
export interface Billed {
  draft: InvoiceDraft;
  item: PlanItem;
  schedule: BillingSchedule;
  period: BillingPeriod;
}

/**
 * Returns the invoice of the next period. With `change` the invoice is the first of another plan or quantity, which
 * takes effect with it.
 */
export function billNextPeriod({ standing, change }: { standing: BillingStanding; change: PlanItem | null }): Billed {
  const { stepMinor, creditBalance } = standing;
  const item = change ?? standing.item;
  const schedule = change ? scheduleFrom(standing, change.plan, standing.nextPeriodAt) : standing.schedule;
  const period = nextPeriod({ ...standing, schedule });
  return { draft: invoiceForPeriod({ item, period, stepMinor, creditBalance }), item, schedule, period };
}

export interface PlanChangeBilled extends Omit<Billed, 'period'> {
  when: 'now' | 'period_end';
  /** Null where none has begun. */
  period: BillingPeriod | null;
}

export interface ChangePlanInput {
  when: 'now' | 'period_end';
  /** ISO 8601, of no effect for `period_end`. */
  at: string;
  standing: BillingStanding;
  next: PlanItem;
  /** The amount that was paid for the current period and not refunded (`paidAndNotRefunded`). */
  paid: Money;
}

/**
 * Returns the effect of a change of plan or quantity, for the change itself and for its preview: the invoice, the
 * schedule and the period that runs afterwards (null where none has begun). Once the period is over, a change `now` is
 * a change at the period's end.
 * @throws DomainError as `invoiceForPlanChange` does.
 */
export function changePlan({ at, standing, next, paid, ...input }: ChangePlanInput): PlanChangeBilled {
  const { item: current, period, stepMinor, creditBalance } = standing;
  const when = period && at >= period.endAt ? 'period_end' : input.when;
  const schedule = scheduleFrom(standing, next.plan, when === 'now' ? at : standing.nextPeriodAt);
  const begins =
    when === 'period_end' || !keepsPeriod(current.plan, next.plan) ? nextPeriod({ ...standing, schedule }) : null;
  const draft = invoiceForPlanChange({
    when,
    at,
    current,
    next,
    period,
    nextPeriod: begins,
    stepMinor,
    creditBalance,
    paid,
  });
  const after = when === 'period_end' ? begins : period && (begins ?? period);
  return { when, draft, item: next, schedule, period: after };
}

/** Returns the schedule that begins at `at`, such as when a pause ends after the paid time; see `continueSchedule`. */
export const reanchorSchedule = (schedule: BillingSchedule, at: string): BillingSchedule =>
  continueSchedule({ schedule, startAt: at });

/**
 * Returns the schedule of another plan. A plan of another interval keeps the anchor where it begins with the next
 * period, and is anchored to the change within a period; a change before the first period keeps the start.
 */
function scheduleFrom(
  { item, schedule, period, nextPeriodAt }: BillingStanding,
  { interval, intervalCount, ...plan }: PlanTerms,
  at: string,
): BillingSchedule {
  if (keepsPeriod(item.plan, { interval, intervalCount, ...plan })) return schedule;
  if (period && at === nextPeriodAt) return continueSchedule({ schedule, startAt: at, interval, intervalCount });
  if (period) {
    const { timeZone } = schedule;
    return requireSchedule({ startAt: at, timeZone, interval, intervalCount });
  }
  const takesAnchor = interval === 'month' || interval === 'year';
  return { ...schedule, interval, intervalCount, anchorDay: takesAnchor ? schedule.anchorDay : null };
}

/** Returns the next period of the schedule; a day that the zone skips has none. */
function nextPeriod({ schedule, period }: Pick<BillingStanding, 'schedule' | 'period'>): BillingPeriod {
  for (let index = period && belongsTo(schedule, period) ? period.index + 1 : 0; ; index++) {
    const next = billingPeriod({ schedule, index });
    if (next.endAt > next.startAt) return next;
  }
}

/** True when a period belongs to this schedule and not to an earlier one. */
function belongsTo(schedule: BillingSchedule, { index, startAt, endAt }: BillingPeriod): boolean {
  const own = billingPeriod({ schedule, index });
  return own.startAt === startAt && own.endAt === endAt;
}
