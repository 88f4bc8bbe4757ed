import type { EventData, EventSentence, EventWords } from '../event-sentence';

/** In `unpaid` nothing is tried by itself: then there is a `cancelAt`. */
function whenTriedAgain({ nextAt, cancelAt }: EventData): string {
  if (typeof cancelAt === 'string') return `; without a payment it is cancelled ${cancelAt}`;
  return typeof nextAt === 'string' ? `; it is tried again ${nextAt}` : '; the new payment method is charged at once';
}

const isAboveZero = (amountMinor: unknown): boolean => typeof amountMinor === 'number' && amountMinor > 0;

/** Every event of a subscription by its wire name, with its sentence. */
export const subscriptionEvents = {
  'subscription.accepted': () => 'The subscription was accepted.',
  'subscription.trial_started': ({ trialEndAt }: EventData) => `The trial began; it ends ${String(trialEndAt)}.`,
  'subscription.trial_ending': ({ trialEndAt }: EventData) =>
    `It was announced that the trial ends ${String(trialEndAt)}.`,
  'subscription.invoiced': ({ totalMinor, periodStart, periodEnd }: EventData, { money }: EventWords) =>
    `The invoice for ${String(periodStart)} to ${String(periodEnd)} was made: ${money(totalMinor)}.`,
  'subscription.charge_retried': ({ attempt, totalMinor, dueMinor = totalMinor }: EventData, { money }: EventWords) => {
    const rest = dueMinor === totalMinor ? '' : `, over the ${money(dueMinor)} that are left`;
    return `The open invoice is charged again (attempt ${String(attempt)}${rest}).`;
  },
  'subscription.payment_pending': ({ paymentState }: EventData) =>
    `The payment has no final answer yet (${String(paymentState)}); it is asked about again.`,
  'subscription.payment_withdrawn': () =>
    'The payment under way was withdrawn, nothing was taken; the new payment method is charged.',
  'subscription.activated': () => 'The first charge was paid; the subscription is active.',
  'subscription.renewed': ({ periodEnd }: EventData) =>
    `The renewal was paid; the period runs to ${String(periodEnd)}.`,
  'subscription.change_paid': () => 'The change of plan was paid.',
  'subscription.recovered': ({ periodEnd }: EventData) =>
    `The open invoice was paid; the subscription is active again, to ${String(periodEnd)}.`,
  'subscription.paid_in_part': (data: EventData, { money }: EventWords) =>
    `Only ${money(data.paidMinor)} were taken, by somebody at the gateway itself; ` +
    `the other ${money(data.dueMinor)} are still to be paid${whenTriedAgain(data)}.`,
  'subscription.payment_failed': (data: EventData) =>
    `The payment failed (${String(data.reason)})${whenTriedAgain(data)}.`,
  'subscription.unpaid': ({ reason, nextAt }: EventData) =>
    `The last retry failed (${String(reason)}): the service is stopped. ` +
    `Without a payment it is cancelled ${String(nextAt)}.`,
  'subscription.plan_changed': ({ planName, quantity }: EventData) =>
    `The plan is now ${String(planName)} × ${String(quantity)}.`,
  'subscription.plan_change_waiting': ({ planName, quantity, effectiveAt }: EventData) =>
    `The plan becomes ${String(planName)} × ${String(quantity)} at the end of the period, ${String(effectiveAt)}.`,
  'subscription.paused': ({ resumeAt }: EventData) =>
    `The subscription was paused${typeof resumeAt === 'string' ? ` until ${resumeAt}` : ''}.`,
  'subscription.resuming': () => 'It is being resumed: a new period is charged.',
  'subscription.resumed': () => 'The subscription was resumed.',
  'subscription.cancel_waiting': ({ effectiveAt }: EventData) =>
    `The subscription will be cancelled at the end of the period, ${String(effectiveAt)}.`,
  'subscription.undone': ({ what }: EventData) =>
    what === 'cancel'
      ? 'The cancellation that waited for the end of the period was taken back.'
      : 'The change of plan that waited for the end of the period was taken back.',
  'subscription.payment_method_changed': () => 'A new payment method was stored.',
  'subscription.cancelled': ({ reason, refundMinor }: EventData, { money }: EventWords) => {
    const refund = isAboveZero(refundMinor) ? `; ${money(refundMinor)} are given back` : '';
    return `The subscription was cancelled (${String(reason)})${refund}.`;
  },
  'subscription.paid_late': ({ refundMinor }: EventData) => {
    const refund = isAboveZero(refundMinor) ? '; it is given back' : '';
    return `A payment under way went through after the cancellation${refund}.`;
  },
  'subscription.restarted': () => 'An operator restarted the process from the state it was in.',
  'subscription.closed': ({ refundMinor }: EventData, { money }: EventWords) => {
    const refund = isAboveZero(refundMinor)
      ? `; ${money(refundMinor)} that were paid of its open invoice are given back`
      : '';
    return `An operator closed the subscription${refund}.`;
  },
  'subscription.payment_closed': () => 'The payment under way ended without money after the cancellation.',
} as const satisfies Record<string, EventSentence>;
