import type { EventData, EventSentence, EventWords } from '../event-sentence';

/** Every event of a payment or a refund by its wire name, with its sentence. */
export const paymentEvents = {
  'payment.accepted': () => 'The payment was accepted.',
  'payment.validating': () => 'The process started: fraud rules and card are being checked.',
  'payment.fraud_checked': ({ decision, rules }: EventData) => {
    const hits = Array.isArray(rules) && rules.length > 0 ? ` (${rules.join(', ')})` : '';
    return `The fraud rules say ${String(decision)}${hits}.`;
  },
  'payment.card_checked': ({ problem }: EventData) =>
    typeof problem === 'string' ? `The card cannot be charged (${problem}).` : 'The card can be charged.',
  'payment.review': () => 'A person has to decide, within 24 hours.',
  'payment.authorising': ({ decision }: EventData) =>
    decision === 'approve'
      ? 'The reviewer approved it; the gateway is asked to hold the amount.'
      : 'The gateway is asked to hold the amount.',
  'payment.requires_action': () => 'The customer has to confirm it with the bank, within an hour.',
  'payment.authorised': () => 'The bank holds the amount.',
  'payment.capturing': ({ captureMinor }: EventData, { money }: EventWords) =>
    `The gateway is asked to take ${money(captureMinor)}.`,
  'payment.captured': ({ capturedMinor }: EventData, { money }: EventWords) => `${money(capturedMinor)} were taken.`,
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
  'payment.refund_requested': ({ amountMinor }: EventData, { money }: EventWords) =>
    `A refund of ${money(amountMinor)} was accepted and reserved.`,
  'payment.refund_succeeded': ({ amountMinor }: EventData, { money }: EventWords) =>
    `${money(amountMinor)} were given back.`,
  'payment.refund_failed': ({ reason }: EventData) =>
    `A refund failed (${String(reason)}); its reservation was released.`,
  'payment.refund_failed_late': ({ amountMinor }: EventData, { money }: EventWords) =>
    `A refund of ${money(amountMinor)} that the gateway had called done has failed after all: ` +
    'the customer has not got the money, and it can be refunded again; the operator is told.',
  'payment.disputed': ({ standing, reason, amountMinor }: EventData, { money }: EventWords) =>
    standing === 'open'
      ? `The customer disputes it (${String(reason)}): the bank holds ${money(amountMinor)} until it decides.`
      : `The customer's bank inquires about it (${String(reason)}); nothing is held.`,
  'payment.dispute_closed': ({ standing, amountMinor }: EventData, { money }: EventWords) =>
    standing === 'lost'
      ? `The dispute was lost: the customer got ${money(amountMinor)}.`
      : 'The dispute was closed in favour of the partner; nothing is held.',
  'payment.fraud_warning': ({ reason }: EventData) =>
    `The card's issuer warns of fraud (${String(reason)}): a dispute may follow.`,
  'refund.accepted': () => 'The refund was accepted.',
  'refund.restarted': () => 'An operator restarted the process.',
  'refund.started': () => 'The gateway is asked to give the money back.',
  'refund.outcome_overdue': () =>
    'Nothing is known for 24 hours: it is on the list of the operator and looked up every hour.',
  'refund.succeeded': () => 'The money was given back.',
  'refund.failed': ({ reason }: EventData) => `The gateway refused the refund (${String(reason)}).`,
  'refund.failed_late': ({ amountMinor }: EventData, { money }: EventWords) =>
    'The gateway had called it done and reports now that it has failed: ' +
    `the customer has not got the ${money(amountMinor)}, they are back on the account at the gateway. ` +
    'The operator is told.',
} as const satisfies Record<string, EventSentence>;
