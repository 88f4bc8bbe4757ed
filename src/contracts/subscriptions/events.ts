import { booksDiffer, type EventData, type EventSentence, type EventWords } from '../event-sentence';
import { mailEvents } from '../mail-events';

/**
 * Returns the next step for an open invoice. `cancelAt` stands for `unpaid` and `expiresAt` for `incomplete`, where
 * nothing is retried automatically.
 */
function nextAttempt({ nextAt, cancelAt, expiresAt }: EventData): string {
  if (typeof expiresAt === 'string') return `; without a payment the subscription expires at ${expiresAt}`;
  if (typeof cancelAt === 'string') return `; without a payment the subscription is cancelled at ${cancelAt}`;
  return typeof nextAt === 'string'
    ? `; the next attempt is at ${nextAt}`
    : '; the new payment method is being charged';
}

/** Returns the sentence about saving a payment method at the gateway. */
function setupSentence(state: unknown, reason?: unknown): string {
  if (state === 'saved') return 'The payment method was saved for later charges.';
  if (state === 'requires_action') return 'The customer must confirm the payment method with the bank.';
  if (state === 'declined')
    return `The bank declined the payment method (${String(reason)}): another one is needed before the first charge.`;
  return 'The gateway did not answer in time: the next charge saves the payment method.';
}
/** Returns the words for a plan that takes effect with a payment; empty where the plan stays. */
const newPlan = ({ planName, quantity }: EventData): string =>
  typeof planName !== 'string' ? '' : ` The plan is now ${planName} × ${String(quantity)}.`;

/** Returns the words for a refund that a step has ordered; empty without one. */
const refundOf = ({ refundMinor }: EventData, { money }: EventWords): string =>
  isAboveZero(refundMinor) ? ` ${money(refundMinor)} is being refunded.` : '';

const isAboveZero = (amountMinor: unknown): boolean => typeof amountMinor === 'number' && amountMinor > 0;

const undone: Record<string, string> = {
  cancel: 'The cancellation at the end of the period was undone.',
  pending_change: 'The change of plan was withdrawn before it was paid.',
};
/** Returns the part of a sentence about refunds that were ordered, and about an amount that no payment can refund. */
function refundsOf({ refundMinor, owedMinor }: EventData, { money }: EventWords): string {
  const refund = isAboveZero(refundMinor) ? `; ${money(refundMinor)} is being refunded` : '';
  const owed = isAboveZero(owedMinor) ? `; ${money(owedMinor)} stays owed, as no payment can refund it` : '';
  return refund + owed;
}

/** Every event of a subscription by its wire name, with its sentence. */
export const subscriptionEvents = {
  ...mailEvents('subscription'),
  'subscription.accepted': () => 'The subscription was accepted.',
  'subscription.trial_started': ({ trialEndAt }: EventData) => `The trial started; it ends at ${String(trialEndAt)}.`,
  'subscription.trial_ending': ({ trialEndAt }: EventData) =>
    `The end of the trial at ${String(trialEndAt)} was announced.`,
  'subscription.invoiced': ({ totalMinor, periodStart, periodEnd }: EventData, { money }: EventWords) =>
    `The invoice for ${String(periodStart)} to ${String(periodEnd)} was created: ${money(totalMinor)}.`,
  'subscription.charge_retried': ({ attempt, totalMinor, dueMinor = totalMinor }: EventData, { money }: EventWords) => {
    const rest = dueMinor === totalMinor ? '' : `, for the remaining ${money(dueMinor)}`;
    return `The open invoice is being charged again (attempt ${String(attempt)}${rest}).`;
  },
  'subscription.payment_pending': ({ paymentState }: EventData) =>
    `The payment has no final outcome yet (${String(paymentState)}); it will be queried again.`,
  'subscription.payment_withdrawn': () =>
    'The payment under way was withdrawn without a capture; the new payment method is being charged.',
  'subscription.activated': (data: EventData) =>
    `The first charge was paid; the subscription is active.${newPlan(data)}`,
  'subscription.renewed': (data: EventData) =>
    `The renewal was paid; the period runs to ${String(data.periodEnd)}.${newPlan(data)}`,
  'subscription.recovered': (data: EventData) =>
    `The open invoice was paid; the subscription is active again, to ${String(data.periodEnd)}.${newPlan(data)}`,
  'subscription.paid_in_part': (data: EventData, { money }: EventWords) =>
    `Only ${money(data.paidMinor)} was captured, by hand at the gateway; ` +
    `the remaining ${money(data.dueMinor)} is still due${nextAttempt(data)}.`,
  'subscription.payment_failed': (data: EventData) =>
    `The payment failed (${String(data.reason)})${nextAttempt(data)}.`,
  'subscription.unpaid': ({ reason, nextAt }: EventData) =>
    `The last retry failed (${String(reason)}): the service has stopped. ` +
    `Without a payment the subscription is cancelled at ${String(nextAt)}.`,
  'subscription.change_ordered': ({ planName, quantity, totalMinor, until }: EventData, { money }: EventWords) =>
    `The change to ${String(planName)} × ${String(quantity)} was ordered: it takes effect when ${money(totalMinor)} ` +
    `is paid, until ${String(until)} at the latest.`,
  'subscription.change_charging': ({ attempt, dueMinor }: EventData, { money }: EventWords) =>
    `The change of plan is being charged (attempt ${String(attempt)}): ${money(dueMinor)}.`,
  'subscription.change_withdrawing': () => 'The payment for the change of plan is being withdrawn.',
  'subscription.change_failed': (data: EventData, words: EventWords) =>
    `The change to ${String(data.planName)} × ${String(data.quantity)} was not paid (${String(data.reason)}): ` +
    `its invoice is void, and the subscription goes on as before.${refundOf(data, words)}`,
  'subscription.change_paid_late': (data: EventData, words: EventWords) =>
    `The payment for a change of plan was captured after the change was given up.${refundOf(data, words)}`,
  'subscription.change_payment_closed': () => 'The payment for a change of plan ended without a capture.',
  'subscription.plan_changed': ({ planName, quantity }: EventData) =>
    `The plan is now ${String(planName)} × ${String(quantity)}.`,
  'subscription.plan_change_waiting': ({ planName, quantity, effectiveAt }: EventData) =>
    `The plan becomes ${String(planName)} × ${String(quantity)} at the end of the period, ${String(effectiveAt)}.`,
  'subscription.paused': ({ resumeAt, reason }: EventData) => {
    if (reason === 'user_suspended') return 'The subscription was paused instead of renewed: its user is suspended.';
    return `The subscription was paused${typeof resumeAt === 'string' ? ` until ${resumeAt}` : ''}.`;
  },
  'subscription.resuming': () => 'The subscription is being resumed: a new period is being charged.',
  'subscription.resumed': (data: EventData) => `The subscription was resumed.${newPlan(data)}`,
  'subscription.resume_failed': (data: EventData, words: EventWords) =>
    `The new period was not paid (${String(data.reason)}): its invoice is void, and the subscription stays paused.` +
    refundOf(data, words),
  'subscription.cancel_waiting': ({ effectiveAt }: EventData) =>
    `The subscription will be cancelled at the end of the period, ${String(effectiveAt)}.`,
  'subscription.undone': ({ what }: EventData) =>
    undone[String(what)] ?? 'The change of plan at the end of the period was undone.',
  'subscription.payment_method_checked': ({ state, reason }: EventData) => setupSentence(state, reason),
  'subscription.payment_method_changed': ({ setup }: EventData) =>
    `A new payment method was stored.${typeof setup === 'string' ? ` ${setupSentence(setup)}` : ''}`,
  'subscription.cancelled': ({ reason, refundMinor, owedMinor }: EventData, words: EventWords) =>
    `The subscription was cancelled (${String(reason)})${refundsOf({ refundMinor, owedMinor }, words)}.`,
  'subscription.refunded': ({ amountMinor }: EventData, { money }: EventWords) => `${money(amountMinor)} was refunded.`,
  'subscription.refund_failed': ({ amountMinor, reason, owedMinor }: EventData, { money }: EventWords) =>
    `The refund of ${money(amountMinor)} failed (${String(reason)}): ` +
    `${money(owedMinor)} is owed to the customer; it is on the operator's list.`,
  'subscription.refund_repeated': ({ refundMinor, owedMinor }: EventData, words: EventWords) =>
    `An operator ordered the failed refund again${refundsOf({ refundMinor, owedMinor }, words)}.`,
  'subscription.owed_refunded': ({ amountMinor, owedMinor }: EventData, { money }: EventWords) =>
    `${money(amountMinor)} of the owed amount was refunded; ${money(owedMinor)} is still owed.`,
  'subscription.owed_settled': ({ amountMinor, reason }: EventData, { money }: EventWords) => {
    const why = typeof reason === 'string' ? ` (${reason})` : '';
    return `An operator returned the owed ${money(amountMinor)} by other means${why}.`;
  },
  'subscription.expiring': () =>
    'The first charge was not paid within 23 hours: the payment under way is being withdrawn.',
  'subscription.incomplete_expired': ({ refundMinor }: EventData, { money }: EventWords) => {
    const refund = isAboveZero(refundMinor) ? `; ${money(refundMinor)} is being refunded` : '';
    return `The first charge was not paid within 23 hours: the subscription has expired${refund}.`;
  },
  'subscription.paid_late': ({ refundMinor }: EventData) => {
    const refund = isAboveZero(refundMinor) ? '; it is being refunded' : '';
    return `A payment under way was captured after the cancellation${refund}.`;
  },
  'subscription.restarted': () => 'An operator restarted the process from the recorded state.',
  'subscription.closed': ({ refundMinor, owedMinor }: EventData, words: EventWords) =>
    `An operator closed the subscription${refundsOf({ refundMinor, owedMinor }, words)}.`,
  'subscription.books_differ': booksDiffer,
  'subscription.payment_closed': () => 'The payment under way ended after the cancellation without a capture.',
} as const satisfies Record<string, EventSentence>;
