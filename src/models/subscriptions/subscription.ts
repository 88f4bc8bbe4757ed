import { Schema } from 'mongoose';
import type { BillingPeriod, BillingSchedule } from '../../domain/subscriptions/billing/billing-period';
import type { Money } from '../../domain/money';
import type { NextTerms } from '../../domain/subscriptions/pending-change';
import type { PlanItem } from '../../domain/subscriptions/plan';
import type { SubscriptionState } from '../../domain/subscriptions/subscription';
import type { ChargeStatus, FirstChargeDeadline } from '../../domain/subscriptions/subscription-progress';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

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
  /**
   * How saving the payment method for later charges stands; null where no gateway was asked: in a sandbox, and where
   * the first charge saves the payment method.
   */
  methodSetup: MethodSetup | null;
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
  /** The deadline of the first charge since the subscription has been `incomplete`. */
  firstCharge?: FirstChargeDeadline<Date> | null;
  /** The change of plan that is being paid and takes effect then. */
  pendingChange: PendingChange | null;
  /** The payments of changes that were given up before the outcome was known. */
  withdrawnCharges: WithdrawnCharge[];
  /** The instant at which plan or period changed last; null before the first change. */
  pricedAt: Date | null;
  /** The reason of the end: a code; null before. */
  reason: string | null;
  /** The sum of the subscription's MRR movements, in minor units of the plan's currency; 0 before the first. */
  mrrMinor?: number;
}

/** `pending`: nobody answered in time; the next charge saves the payment method. */
export interface MethodSetup {
  state: 'saved' | 'requires_action' | 'declined' | 'pending';
  /** The key of the call to the gateway, by which its webhooks name it. */
  key: string;
  /** With `declined`: a code. */
  reason: string | null;
  /** With `requires_action`: the page where the customer confirms. */
  url: string | null;
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
  /** The terms that take effect when the invoice is paid; null where plan and schedule stay. */
  next?: NextTerms | null;
}

/** An ordered change of plan: its terms, fixed by the order, and the state of its charge. */
export interface PendingChange extends NextTerms {
  invoiceId: string;
  orderedAt: Date;
  /** The instant at which the change falls when it is not paid. */
  until: Date;
  /** The last attempt; 0 before the first. */
  attempt: number;
  status: 'due' | 'pending';
  /** The instant at which the pending payment is given up; null where there is no such deadline. */
  paymentUntil: Date | null;
  /** The page where the customer confirms the payment; null unless the payment requires it. */
  actionUrl: string | null;
  /** True once a command has withdrawn the payment; its outcome decides. */
  isWithdrawn: boolean;
}

export interface WithdrawnCharge {
  invoiceId: string;
  attempt: number;
}

export const subscriptionSchema = new Schema<Subscription>(
  {
    ...reconciledFields,
    since: { type: Date, required: true },
    customerId: { type: String, default: null },
    userId: { type: String, default: null },
    item: { type: Schema.Types.Mixed, required: true },
    paymentMethod: { type: String, required: true },
    methodSetup: { type: Schema.Types.Mixed, default: null },
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
    firstCharge: { type: Schema.Types.Mixed, default: null },
    pendingChange: { type: Schema.Types.Mixed, default: null },
    withdrawnCharges: { type: [Schema.Types.Mixed], default: [] } as never,
    pricedAt: { type: Date, default: null },
    reason: { type: String, default: null },
    mrrMinor: { type: Number, default: 0 },
  },
  { ...reconciledOptions, collection: 'subscriptions' },
)
  .index({ tenantId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, customerId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, userId: 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, 'item.planId': 1, createdAt: -1, _id: -1 })
  .index({ tenantId: 1, 'item.planId': 1, state: 1, createdAt: -1, _id: -1 })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' })
  // An ended subscription with a payment under way is unfinished.
  .index({ 'charge.status': 1, tenantId: 1 })
  .index({ 'withdrawnCharges.invoiceId': 1, tenantId: 1 });
