import { plainMoney } from '../domain/money-text';
import type { QueuedConsumer } from './outbox';

type EventData = Record<string, unknown>;

/** What an event's data means to a person: an amount in minor units, a plan's id. */
interface Words {
  money: (amountMinor: unknown) => string;
  plan: (planId: unknown) => string;
}

/** In `unpaid` nothing is tried by itself: then there is a `cancelAt`. */
function whenTriedAgain({ nextAt, cancelAt }: EventData): string {
  if (typeof cancelAt === 'string') return `; without a payment it is cancelled ${cancelAt}`;
  return typeof nextAt === 'string' ? `; it is tried again ${nextAt}` : '; the new payment method is charged at once';
}

/** Every event by name, and the sentence that tells a person what happened. Names are for ever. */
const sentences = {
  'onboarding.accepted': () => 'The onboarding was accepted and its user created as pending.',
  'onboarding.started': () => 'The process started.',
  'onboarding.verification_sent': ({ generation }: EventData) =>
    `A verification mail was sent (link ${String(generation)}, valid for 24 hours).`,
  'onboarding.verification_reminded': ({ generation }: EventData) =>
    `A reminder with a fresh link was sent (link ${String(generation)}).`,
  'onboarding.verification_resent': ({ generation }: EventData) =>
    `A fresh link was asked for and sent (link ${String(generation)}); earlier links are dead.`,
  'onboarding.verified': () => 'The address was verified.',
  'onboarding.profile_reminded': () => 'A reminder to complete the profile was sent.',
  'onboarding.profile_submitted': () => 'The profile was completed.',
  'onboarding.profile_skipped': () => 'No profile came within 14 days; the onboarding went on without one.',
  'onboarding.approval_requested': ({ audience }: EventData) =>
    `An approval was asked for; the ${String(audience)} will be told.`,
  'onboarding.approval_escalated': () => 'No decision within 24 hours; it was escalated to the operator.',
  'onboarding.notification_processed': ({ recipients }: EventData) =>
    `The notification was addressed to ${String(recipients)} recipient(s).`,
  'onboarding.approved': () => 'The onboarding was approved.',
  'onboarding.activating': () => 'The welcome package and the activation began.',
  'onboarding.welcome_package_granted': () => 'The welcome package was granted.',
  'onboarding.user_activated': () => 'The user became active.',
  'onboarding.welcome_sent': () => 'The welcome mail was sent.',
  'onboarding.rejection_sent': () => 'The person was told of the rejection by mail.',
  'onboarding.undoing': ({ towards, reason }: EventData) =>
    `It will end ${String(towards)}: what was done is being undone${typeof reason === 'string' ? ` (${reason})` : ''}.`,
  'onboarding.welcome_package_revoked': () => 'The welcome package was revoked.',
  'onboarding.user_cancelled': () => 'The user was cancelled.',
  'onboarding.address_released': () => 'The e-mail address is free again.',
  'onboarding.completed': () => 'The onboarding is complete.',
  'onboarding.expired': () => 'The onboarding expired.',
  'onboarding.rejected': () => 'The onboarding ended rejected.',
  'onboarding.cancelled': () => 'The onboarding ended cancelled.',
  'onboarding.failed': () => 'The onboarding failed.',
  'onboarding.restarted': () => 'An operator restarted the process from the state it was in.',
  'onboarding.closed': () => 'An operator closed the process.',
  'user.suspended': () => 'The user was suspended.',
  'user.reactivated': () => 'The user was reactivated.',
  'user.updated': ({ fields }: EventData) =>
    `The user was changed${Array.isArray(fields) ? ` (${fields.join(', ')})` : ''}.`,
  'user.email_released': () => 'The e-mail address is free again.',
  'payment.accepted': () => 'The payment was accepted.',
  'payment.validating': () => 'The process started: fraud rules and card are being checked.',
  'payment.fraud_checked': ({ decision, rules }: EventData) =>
    `The fraud rules say ${String(decision)}${Array.isArray(rules) && rules.length > 0 ? ` (${rules.join(', ')})` : ''}.`,
  'payment.card_checked': ({ problem }: EventData) =>
    typeof problem === 'string' ? `The card cannot be charged (${problem}).` : 'The card can be charged.',
  'payment.review': () => 'A person has to decide, within 24 hours.',
  'payment.authorising': ({ decision }: EventData) =>
    decision === 'approve'
      ? 'The reviewer approved it; the gateway is asked to hold the amount.'
      : 'The gateway is asked to hold the amount.',
  'payment.requires_action': () => 'The customer has to confirm it with the bank, within an hour.',
  'payment.authorised': () => 'The bank holds the amount.',
  'payment.capturing': ({ captureMinor }: EventData, { money }: Words) =>
    `The gateway is asked to take ${money(captureMinor)}.`,
  'payment.captured': ({ capturedMinor }: EventData, { money }: Words) => `${money(capturedMinor)} were taken.`,
  'payment.declined': ({ reason }: EventData) => `It was declined (${String(reason)}).`,
  'payment.failed': ({ reason }: EventData) => `It failed (${String(reason)}); nothing is held.`,
  'payment.cancelled': ({ reason }: EventData) => `It was cancelled (${String(reason)}); nothing is held.`,
  'payment.unknown': ({ call }: EventData) =>
    `The gateway did not answer (${String(call)}): what happened is being looked up.`,
  'payment.undoing': ({ towards, reason }: EventData) =>
    `It will end ${String(towards)} (${String(reason)}): what is held is being given back.`,
  'payment.hold_found': () => 'The customer had confirmed before it was given up: the bank held the amount meanwhile.',
  'payment.notified': ({ state }: EventData) => `The partner is told that the payment is ${String(state)}.`,
  'payment.released': () => 'Its subscription does not wait for the answer; it will ask again.',
  'payment.outcome_overdue': () =>
    'Nothing is known for 24 hours: it is on the list of the operator and looked up every hour.',
  'payment.undo_retried': () => 'An operator had the undoing tried again.',
  'payment.restarted': () => 'An operator restarted the process from the state it was in.',
  'payment.closed': () => 'An operator closed the payment; what is held is given back first.',
  'payment.undo_waived': () => 'An operator waived the undoing.',
  'payment.refund_requested': ({ amountMinor }: EventData, { money }: Words) =>
    `A refund of ${money(amountMinor)} was accepted and reserved.`,
  'payment.refund_succeeded': ({ amountMinor }: EventData, { money }: Words) =>
    `${money(amountMinor)} were given back.`,
  'payment.refund_failed': ({ reason }: EventData) =>
    `A refund failed (${String(reason)}); its reservation was released.`,
  'payment.refund_failed_late': ({ amountMinor }: EventData, { money }: Words) =>
    `A refund of ${money(amountMinor)} that the gateway had called done has failed after all: the customer has not got the money. The books still show it as refunded; the operator is told.`,
  'refund.accepted': () => 'The refund was accepted.',
  'refund.restarted': () => 'An operator restarted the process.',
  'refund.started': () => 'The gateway is asked to give the money back.',
  'refund.outcome_overdue': () =>
    'Nothing is known for 24 hours: it is on the list of the operator and looked up every hour.',
  'refund.succeeded': () => 'The money was given back.',
  'refund.failed': ({ reason }: EventData) => `The gateway refused the refund (${String(reason)}).`,
  'refund.failed_late': ({ amountMinor }: EventData, { money }: Words) =>
    `The gateway had called it done and reports now that it has failed: the customer has not got the ${money(amountMinor)}, they are back on the account at the gateway. The operator is told.`,
  'subscription.accepted': () => 'The subscription was accepted.',
  'subscription.trial_started': ({ trialEndAt }: EventData) => `The trial began; it ends ${String(trialEndAt)}.`,
  'subscription.trial_ending': ({ trialEndAt }: EventData) =>
    `It was announced that the trial ends ${String(trialEndAt)}.`,
  'subscription.invoiced': ({ totalMinor, periodStart, periodEnd }: EventData, { money }: Words) =>
    `The invoice for ${String(periodStart)} to ${String(periodEnd)} was made: ${money(totalMinor)}.`,
  'subscription.charge_retried': ({ attempt, totalMinor, dueMinor = totalMinor }: EventData, { money }: Words) =>
    `The open invoice is charged again (attempt ${String(attempt)}${dueMinor === totalMinor ? '' : `, over the ${money(dueMinor)} that are left`}).`,
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
  'subscription.paid_in_part': (data: EventData, { money }: Words) =>
    `Only ${money(data.paidMinor)} were taken, by somebody at the gateway itself; the other ${money(data.dueMinor)} are still to be paid${whenTriedAgain(data)}.`,
  'subscription.payment_failed': (data: EventData) =>
    `The payment failed (${String(data.reason)})${whenTriedAgain(data)}.`,
  'subscription.unpaid': ({ reason, nextAt }: EventData) =>
    `The last retry failed (${String(reason)}): the service is stopped. Without a payment it is cancelled ${String(nextAt)}.`,
  'subscription.plan_changed': ({ planId, quantity }: EventData, { plan }: Words) =>
    `The plan is now ${plan(planId)} × ${String(quantity)}.`,
  'subscription.plan_change_waiting': ({ planId, quantity, effectiveAt }: EventData, { plan }: Words) =>
    `The plan becomes ${plan(planId)} × ${String(quantity)} at the end of the period, ${String(effectiveAt)}.`,
  'subscription.paused': ({ resumeAt }: EventData) =>
    `The subscription was paused${typeof resumeAt === 'string' ? ` until ${resumeAt}` : ''}.`,
  'subscription.resuming': () => 'It is being resumed: a new period is charged.',
  'subscription.resumed': () => 'The subscription was resumed.',
  'subscription.cancel_waiting': ({ effectiveAt }: EventData) =>
    `The subscription will be cancelled at the end of the period, ${String(effectiveAt)}.`,
  'subscription.undone': ({ what }: EventData) =>
    `The ${what === 'cancel' ? 'cancellation' : 'change of plan'} that waited for the end of the period was taken back.`,
  'subscription.payment_method_changed': () => 'A new payment method was stored.',
  'subscription.cancelled': ({ reason, refundMinor }: EventData, { money }: Words) =>
    `The subscription was cancelled (${String(reason)})${typeof refundMinor === 'number' && refundMinor > 0 ? `; ${money(refundMinor)} are given back` : ''}.`,
  'subscription.paid_late': ({ refundMinor }: EventData) =>
    `A payment under way went through after the cancellation${typeof refundMinor === 'number' && refundMinor > 0 ? '; it is given back' : ''}.`,
  'subscription.restarted': () => 'An operator restarted the process from the state it was in.',
  'subscription.closed': ({ refundMinor }: EventData, { money }: Words) =>
    `An operator closed the subscription${typeof refundMinor === 'number' && refundMinor > 0 ? `; ${money(refundMinor)} that were paid of its open invoice are given back` : ''}.`,
  'subscription.payment_closed': () => 'The payment under way ended without money after the cancellation.',
} as const satisfies Record<string, (data: EventData, words: Words) => string>;

export type EventType = keyof typeof sentences;
export const eventTypes = Object.keys(sentences) as EventType[];

export interface SummaryInput {
  type: EventType;
  data: EventData;
  /** That of the amounts in the data; null for what has none. */
  currency: string | null;
  /** By id; a plan that is missing here is called by its id. */
  planNames: ReadonlyMap<string, string>;
}

/** What happened, in words for a person: amounts as "3.00 EUR", plans by their names. */
export function summaryOf({ type, data, currency, planNames }: SummaryInput): string {
  const words: Words = {
    money: (amountMinor) =>
      typeof amountMinor === 'number' && currency !== null
        ? plainMoney({ amountMinor, currency })
        : String(amountMinor),
    plan: (planId) => planNames.get(String(planId)) ?? String(planId),
  };
  return sentences[type](data, words);
}

/** Who is told of an event besides the timeline. */
export function consumersOf(_type: EventType): QueuedConsumer[] {
  return ['analytics'];
}
