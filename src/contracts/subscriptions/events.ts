import type { EventData, EventSentence, EventWords } from '../event-sentence';

/**
 * Returns the next step for an open invoice. `cancelAt` stands for `unpaid`, where nothing is retried automatically.
 */
function nextAttempt({ nextAt, cancelAt }: EventData): string {
  if (typeof cancelAt === 'string') return `; without a payment the subscription is cancelled at ${cancelAt}`;
  return typeof nextAt === 'string'
    ? `; the next attempt is at ${nextAt}`
    : '; the new payment method is being charged';
}

const isAboveZero = (amountMinor: unknown): boolean => typeof amountMinor === 'number' && amountMinor > 0;

/** Returns the part of a sentence about refunds that were ordered, and about an amount that no payment can refund. */
function refundsOf({ refundMinor, owedMinor }: EventData, { money }: EventWords): string {
  const refund = isAboveZero(refundMinor) ? `; ${money(refundMinor)} is being refunded` : '';
  const owed = isAboveZero(owedMinor) ? `; ${money(owedMinor)} stays owed, as no payment can refund it` : '';
  return refund + owed;
}

/** Every event of a subscription by its wire name, with its sentence. */
export const subscriptionEvents = {
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
  'subscription.paused': ({ resumeAt }: EventData) =>
    `The subscription was paused${typeof resumeAt === 'string' ? ` until ${resumeAt}` : ''}.`,
  'subscription.resuming': () => 'The subscription is being resumed: a new period is being charged.',
  'subscription.resumed': () => 'The subscription was resumed.',
  'subscription.cancel_waiting': ({ effectiveAt }: EventData) =>
    `The subscription will be cancelled at the end of the period, ${String(effectiveAt)}.`,
  'subscription.undone': ({ what }: EventData) =>
    what === 'cancel'
      ? 'The cancellation at the end of the period was undone.'
      : 'The change of plan at the end of the period was undone.',
  'subscription.payment_method_changed': () => 'A new payment method was stored.',
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
  'subscription.paid_late': ({ refundMinor }: EventData) => {
    const refund = isAboveZero(refundMinor) ? '; it is being refunded' : '';
    return `A payment under way was captured after the cancellation${refund}.`;
  },
  'subscription.restarted': () => 'An operator restarted the process from the recorded state.',
  'subscription.closed': ({ refundMinor, owedMinor }: EventData, words: EventWords) =>
    `An operator closed the subscription${refundsOf({ refundMinor, owedMinor }, words)}.`,
  'subscription.payment_closed': () => 'The payment under way ended after the cancellation without a capture.',
} as const satisfies Record<string, EventSentence>;
