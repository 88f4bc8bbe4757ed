import { hasEnded } from '../../domain/subscriptions/subscription';
import { isSameItem, priceOf } from '../../domain/subscriptions/plan';
import {
  nextDue,
  progressOf,
  waitingForOf,
  type SubscriptionWaitingFor,
} from '../../domain/subscriptions/subscription-progress';
import type { PendingChange, Subscription } from '../../models/subscriptions/subscription';
import type { components } from '../generated/openapi-types';

const waits: Record<SubscriptionWaitingFor['what'], string> = {
  start: 'its start',
  trial_end: 'the trial to end; then the first period is charged',
  renewal: 'the next period, which is charged when it begins',
  change: 'the payment of the ordered change, which takes effect then; unpaid, the subscription stays as it is',
  payment: "the final result of the open invoice's payment",
  retry: 'the open invoice to be charged again; another payment method is charged immediately',
  first_payment: 'another payment method, which is charged immediately; without a payment the subscription expires',
  payment_method: 'another payment method; without a payment the subscription is cancelled',
  resume: 'the subscription to be resumed',
  cancel: 'the end of the period, when the subscription is cancelled',
};
const PLAN_CHANGE = 'the end of the period; the next period starts on the new plan, and is charged';
const WITHDRAWAL = 'the pending payment to be voided or refunded';

/** Returns the thing a subscription waits for, and until when; null when it waits for nothing. */
export function waitOfSubscription(subscription: Subscription): components['schemas']['WaitingFor'] {
  const { state, charge, waiting, withdrawnCharges } = subscription;
  if (state === 'cancelled') return charge || withdrawnCharges.length > 0 ? { what: WITHDRAWAL, until: null } : null;
  const progress = progressOf(subscription);
  const wait = waitingForOf(progress);
  if (!wait) return null;
  if (hasEnded(state)) return { what: WITHDRAWAL, until: null };
  const due = nextDue(progress);
  // A cancel at the period's end may come before the next attempt.
  if (due?.what === 'cancel' && charge?.status !== 'pending') return { what: waits.cancel, until: due.at };
  return {
    what: wait.what === 'renewal' && waiting?.what === 'change_plan' ? PLAN_CHANGE : waits[wait.what],
    until: wait.until,
  };
}

/** Returns the change at the period's end. A change of plan is shown until its first invoice is paid. */
function presentScheduled({
  waiting,
  nextPeriodAt,
  charge,
  item,
  state,
}: Subscription): components['schemas']['Subscription']['scheduled'] {
  const next = state === 'cancelled' ? null : charge?.next;
  if (!waiting && next && !isSameItem(next.item, item)) {
    const { planId, quantity } = next.item;
    return { what: 'change_plan', planId, quantity, effectiveAt: next.period.startAt };
  }
  if (!waiting) return null;
  const effectiveAt = nextPeriodAt.toISOString();
  if (waiting.what === 'cancel') return { what: 'cancel', planId: null, quantity: null, effectiveAt };
  return { what: 'change_plan', planId: waiting.item.planId, quantity: waiting.item.quantity, effectiveAt };
}

/** Returns how saving the payment method at the gateway stands. */
function presentSetup({ methodSetup }: Subscription): components['schemas']['Subscription']['paymentMethodSetup'] {
  if (!methodSetup) return null;
  const { state, reason, url } = methodSetup;
  return { state, reason, nextAction: url === null ? null : { url } };
}

/** Returns the API representation of a change that is being paid. */
export function presentPendingChange(change: PendingChange): components['schemas']['PendingChange'] {
  const { item, invoiceId, orderedAt, until, actionUrl } = change;
  return {
    planId: item.planId,
    quantity: item.quantity,
    invoiceId,
    orderedAt: orderedAt.toISOString(),
    until: until.toISOString(),
    nextAction: actionUrl === null ? null : { url: actionUrl },
  };
}

/** Returns the API representation of a subscription. */
export function presentSubscription(subscription: Subscription): components['schemas']['Subscription'] {
  const { state, item, period, charge, pendingChange, creditBalance } = subscription;
  const isRetried = charge?.status === 'failed' && state !== 'unpaid' && state !== 'incomplete';
  return {
    id: subscription._id,
    state,
    customerId: subscription.customerId,
    userId: subscription.userId,
    planId: item.planId,
    quantity: item.quantity,
    amount: priceOf(item),
    paymentMethod: subscription.paymentMethod,
    paymentMethodSetup: presentSetup(subscription),
    startAt: subscription.startAt.toISOString(),
    trialEndAt: subscription.trialEndAt?.toISOString() ?? null,
    period: period && { startAt: period.startAt, endAt: period.endAt },
    nextPeriodAt: hasEnded(state) ? null : subscription.nextPeriodAt.toISOString(),
    paidUntil: subscription.paidUntil?.toISOString() ?? null,
    creditBalance: { amountMinor: creditBalance.amountMinor, currency: creditBalance.currency },
    scheduled: presentScheduled(subscription),
    pendingChange: pendingChange && presentPendingChange(pendingChange),
    resumeAt: subscription.resumeAt?.toISOString() ?? null,
    openInvoiceId: hasEnded(state) ? null : (charge?.invoiceId ?? null),
    nextAttemptAt: isRetried ? (charge.nextAt?.toISOString() ?? null) : null,
    reason: subscription.reason,
    metadata: subscription.metadata,
    waitingFor: waitOfSubscription(subscription),
    correlationId: subscription.correlationId,
    createdAt: subscription.createdAt.toISOString(),
    updatedAt: subscription.updatedAt.toISOString(),
  };
}
