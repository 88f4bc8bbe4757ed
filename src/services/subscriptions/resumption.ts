import { billingStandingOf, billNextPeriod, reanchorSchedule } from '../../domain/subscriptions/plan-change';
import type { BillingSchedule } from '../../domain/subscriptions/billing/billing-period';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';
import type { SubscriptionChange } from './change-subscription';

export interface ResumptionInput {
  database: Pick<Database, 'models'>;
  subscription: Subscription;
  /** ISO 8601. */
  resumedAt: string;
}

/**
 * Returns the change that resumes a subscription whose paid time is over: a new period begins with the resumption and
 * is charged. The subscription stays as it is until that is paid.
 */
export async function resumption({
  database,
  subscription,
  resumedAt,
}: ResumptionInput): Promise<Pick<SubscriptionChange, 'set' | 'event'>> {
  const { waiting } = subscription;
  const resumed = await scheduleFrom({ database, subscription, resumedAt });
  const standing = { ...billingStandingOf(subscription), schedule: resumed, nextPeriodAt: resumed.startAt };
  // A change that waited while the renewal was withheld takes effect with this period.
  const change = waiting?.what === 'change_plan' ? waiting.item : null;
  const { item, schedule, period } = billNextPeriod({ standing, change });
  return {
    set: {
      resumeAt: null,
      charge: {
        invoiceId: null,
        periodStart: resumed.startAt,
        attempt: 0,
        status: 'due',
        rung: 1,
        failedAt: null,
        nextAt: null,
        next: { item, schedule, period },
      },
    },
    event: { type: 'subscription.resuming' },
  };
}

/** Returns the schedule after the resumption; within the second of a failed resumption, it begins a second later. */
async function scheduleFrom({ database, subscription, resumedAt }: ResumptionInput): Promise<BillingSchedule> {
  const { _id: subscriptionId, tenantId, schedule } = subscription;
  for (let startMs = Date.parse(resumedAt); ; startMs += 1000) {
    const candidate = reanchorSchedule(schedule, new Date(startMs).toISOString());
    const isTaken = await database.models.invoices.exists({
      tenantId,
      subscriptionId,
      kind: 'period',
      'period.startAt': candidate.startAt,
    });
    if (!isTaken) return candidate;
  }
}
