import type { EventData, EventSentence, EventWords } from '../event-sentence';
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

const isAboveZero = (amountMinor: unknown): boolean => typeof amountMinor === 'number' && amountMinor > 0;

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
  'subscription.activated': () => 'The first charge was paid; the subscription is active.',
  'subscription.renewed': ({ periodEnd }: EventData) =>
    `The renewal was paid; the period runs to ${String(periodEnd)}.`,
  'subscription.change_paid': () => 'The change of plan was paid.',
  'subscription.recovered': ({ periodEnd }: EventData) =>
    `The open invoice was paid; the subscription is active again, to ${String(periodEnd)}.`,
  'subscription.paid_in_part': (data: EventData, { money }: EventWords) =>
    `Only ${money(data.paidMinor)} was captured, by hand at the gateway; ` +
    `the remaining ${money(data.dueMinor)} is still due${nextAttempt(data)}.`,
  'subscription.payment_failed': (data: EventData) =>
    `The payment failed (${String(data.reason)})${nextAttempt(data)}.`,
  'subscription.unpaid': ({ reason, nextAt }: EventData) =>
    `The last retry failed (${String(reason)}): the service has stopped. ` +
    `Without a payment the subscription is cancelled at ${String(nextAt)}.`,
  'subscription.plan_changed': ({ planName, quantity }: EventData) =>
    `The plan is now ${String(planName)} × ${String(quantity)}.`,
  'subscription.plan_change_waiting': ({ planName, quantity, effectiveAt }: EventData) =>
    `The plan becomes ${String(planName)} × ${String(quantity)} at the end of the period, ${String(effectiveAt)}.`,
  'subscription.paused': ({ resumeAt, reason }: EventData) => {
    if (reason === 'user_suspended') return 'The subscription was paused instead of renewed: its user is suspended.';
    return `The subscription was paused${typeof resumeAt === 'string' ? ` until ${resumeAt}` : ''}.`;
  },
  'subscription.resuming': () => 'The subscription is being resumed: a new period is being charged.',
  'subscription.resumed': () => 'The subscription was resumed.',
  'subscription.cancel_waiting': ({ effectiveAt }: EventData) =>
    `The subscription will be cancelled at the end of the period, ${String(effectiveAt)}.`,
  'subscription.undone': ({ what }: EventData) =>
    what === 'cancel'
      ? 'The cancellation at the end of the period was undone.'
      : 'The change of plan at the end of the period was undone.',
  'subscription.payment_method_checked': ({ state, reason }: EventData) => setupSentence(state, reason),
  'subscription.payment_method_changed': ({ setup }: EventData) =>
    `A new payment method was stored.${typeof setup === 'string' ? ` ${setupSentence(setup)}` : ''}`,
  'subscription.cancelled': ({ reason, refundMinor }: EventData, { money }: EventWords) => {
    const refund = isAboveZero(refundMinor) ? `; ${money(refundMinor)} is being refunded` : '';
    return `The subscription was cancelled (${String(reason)})${refund}.`;
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
  'subscription.closed': ({ refundMinor }: EventData, { money }: EventWords) => {
    const refund = isAboveZero(refundMinor)
      ? `; the ${money(refundMinor)} paid on its open invoice is being refunded`
      : '';
    return `An operator closed the subscription${refund}.`;
  },
  'subscription.payment_closed': () => 'The payment under way ended after the cancellation without a capture.',
} as const satisfies Record<string, EventSentence>;
