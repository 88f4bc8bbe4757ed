import { Schema } from 'mongoose';
import type { BillingPeriod, BillingSchedule } from '../../domain/subscriptions/billing-period';
import type { Money } from '../../domain/money';
import type { PlanItem } from '../../domain/subscriptions/plan';
import type { SubscriptionState } from '../../domain/subscriptions/subscription';
import type { ChargeStatus } from '../../domain/subscriptions/subscription-progress';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

export interface Subscription extends Entity {
  state: SubscriptionState;
  /** The instant at which the present state began, in business time. */
  since: Date;
  /** The subscriber: the partner's own reference, or a user of ours. */
  customerId: string | null;
  userId: string | null;
  /** With the plan's terms, which never change. */
  item: PlanItem;
  /** The gateway's token; never a card number. */
  paymentMethod: string;
  metadata: Record<string, string>;
  startAt: Date;
  trialEndAt: Date | null;
  /** The instant at which the trial's end is announced; null without a trial and after the announcement. */
  trialNoticeAt: Date | null;
  schedule: BillingSchedule;
  /** The current period; null before the first. */
  period: BillingPeriod | null;
  nextPeriodAt: Date;
  /** The end of the last period that was paid. */
  paidUntil: Date | null;
  creditBalance: Money;
  /**
   * Owed to the customer, with no refund under way: refunds that failed, and credit that no payment could refund.
   */
  owed: Money;
  /** The change that takes effect at the period's end. */
  waiting: { what: 'cancel' } | { what: 'change_plan'; item: PlanItem } | null;
  /** The instant at which a pause ends by itself. */
  resumeAt: Date | null;
  charge: Charge | null;
  /** The reason of the cancellation: a code; null while the subscription is not cancelled. */
  reason: string | null;
}

/** The open invoice, and the state of its charge. */
export interface Charge {
  /** Null before the invoice is made. */
  invoiceId: string | null;
  /** ISO 8601. */
  periodStart: string;
  attempt: number;
  status: ChargeStatus;
  /** The rung of the dunning ladder: 1 until its first retry was made. */
  rung: number;
  failedAt: Date | null;
  nextAt: Date | null;
  /** The instant at which a pending payment is given up; null where there is no such deadline. */
  until?: Date | null;
}

export const subscriptionSchema = new Schema<Subscription>(
  {
    ...entityFields,
    since: { type: Date, required: true },
    customerId: { type: String, default: null },
    userId: { type: String, default: null },
    item: { type: Schema.Types.Mixed, required: true },
    paymentMethod: { type: String, required: true },
    metadata: { type: Schema.Types.Mixed, required: true },
    startAt: { type: Date, required: true },
    trialEndAt: { type: Date, default: null },
    trialNoticeAt: { type: Date, default: null },
    schedule: { type: Schema.Types.Mixed, required: true },
    period: { type: Schema.Types.Mixed, default: null },
    nextPeriodAt: { type: Date, required: true },
    paidUntil: { type: Date, default: null },
    creditBalance: { type: Schema.Types.Mixed, required: true },
    owed: { type: Schema.Types.Mixed, required: true },
    waiting: { type: Schema.Types.Mixed, default: null },
    resumeAt: { type: Date, default: null },
    charge: { type: Schema.Types.Mixed, default: null },
    reason: { type: String, default: null },
  },
  { ...schemaOptions, collection: 'subscriptions' },
)
  .index({ tenantId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, _id: -1 })
  .index({ tenantId: 1, customerId: 1, _id: -1 })
  .index({ tenantId: 1, userId: 1, _id: -1 })
  .index({ tenantId: 1, 'item.planId': 1, _id: -1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' });
