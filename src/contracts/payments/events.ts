import { booksDiffer, type EventData, type EventSentence, type EventWords } from '../event-sentence';

/** Every event of a payment or a refund by its wire name, with its sentence. */
export const paymentEvents = {
  'payment.accepted': () => 'The payment was accepted.',
  'payment.validating': () => 'The process started: the fraud rules and the card are being checked.',
  'payment.fraud_checked': ({ decision, rules }: EventData) => {
    const hits = Array.isArray(rules) && rules.length > 0 ? ` (${rules.join(', ')})` : '';
    return `The fraud check returned ${String(decision)}${hits}.`;
  },
  'payment.card_checked': ({ problem }: EventData) =>
    typeof problem === 'string' ? `The card cannot be charged (${problem}).` : 'The card can be charged.',
  'payment.review': () => 'The payment waits for a reviewer to decide within 24 hours.',
  'payment.authorising': ({ decision }: EventData) =>
    decision === 'approve'
      ? 'A reviewer approved the payment; it is being authorised.'
      : 'The payment is being authorised.',
  'payment.requires_action': () => 'The customer must confirm the payment with the bank.',
  'payment.authorised': () => 'The payment was authorised: the bank holds the amount.',
  'payment.capturing': ({ captureMinor }: EventData, { money }: EventWords) =>
    `${money(captureMinor)} is being captured.`,
  'payment.captured': ({ capturedMinor }: EventData, { money }: EventWords) => `${money(capturedMinor)} was captured.`,
  'payment.declined': ({ reason }: EventData) => `The payment was declined (${String(reason)}).`,
  'payment.failed': ({ reason }: EventData) => `The payment failed (${String(reason)}); no money is held.`,
  'payment.cancelled': ({ reason }: EventData) => `The payment was cancelled (${String(reason)}); no money is held.`,
  'payment.unknown': ({ call }: EventData) =>
    `The gateway did not answer (${String(call)}): the outcome is being looked up.`,
  'payment.undoing': ({ towards, reason }: EventData) =>
    `The payment will end ${String(towards)} (${String(reason)}): any authorisation is being voided.`,
  'payment.hold_found': () => 'The customer had confirmed before the void: the bank held the amount until then.',
  'payment.notified': ({ state }: EventData) => `The partner is being notified that the payment is ${String(state)}.`,
  'payment.released': () => 'The subscription stopped waiting for the outcome and will query the payment again.',
  'payment.outcome_overdue': () =>
    "The outcome has been unknown for 24 hours: it is on the operator's list and is looked up every hour.",
  'payment.amount_differs': ({ call, asked, reported }: EventData) =>
    `The gateway reports ${String(reported)} for the ${String(call)} of ${String(asked)}: nothing is booked, and the ` +
    "payment is on the operator's list.",
  'payment.undo_retried': () => 'An operator requested another attempt to undo the payment.',
  'payment.restarted': () => 'An operator restarted the process from the recorded state.',
  'payment.closed': () => 'An operator closed the payment; any authorisation is voided first.',
  'payment.books_differ': booksDiffer,
  'payment.undo_waived': () => 'An operator waived the undo.',
  'payment.refund_requested': ({ amountMinor }: EventData, { money }: EventWords) =>
    `A refund of ${money(amountMinor)} was accepted and reserved.`,
  'payment.refund_succeeded': ({ amountMinor }: EventData, { money }: EventWords) =>
    `${money(amountMinor)} was refunded.`,
  'payment.refund_failed': ({ reason }: EventData) =>
    `A refund failed (${String(reason)}); its reservation was released.`,
  'payment.refund_failed_late': ({ amountMinor }: EventData, { money }: EventWords) =>
    `A refund of ${money(amountMinor)} failed after the gateway had reported its success: ` +
    "the customer did not receive the money, which can be refunded again; it is on the operator's list.",
  'payment.disputed': ({ standing, reason, amountMinor }: EventData, { money }: EventWords) =>
    standing === 'open'
      ? `The customer disputes the payment (${String(reason)}): the bank holds ${money(amountMinor)} until it decides.`
      : `The customer's bank inquires about the payment (${String(reason)}); no money is held.`,
  'payment.dispute_closed': ({ standing, amountMinor }: EventData, { money }: EventWords) =>
    standing === 'lost'
      ? `The dispute was lost: the customer got ${money(amountMinor)}.`
      : 'The dispute was closed in favour of the partner; no money is held.',
  'payment.fraud_warning': ({ reason }: EventData) =>
    `The card's issuer warns of fraud (${String(reason)}): a dispute may follow.`,
  'refund.accepted': () => 'The refund was accepted.',
  'refund.restarted': () => 'An operator restarted the process.',
  'refund.books_differ': booksDiffer,
  'refund.started': () => 'The refund is being sent to the gateway.',
  'refund.outcome_overdue': () =>
    "The outcome has been unknown for 24 hours: it is on the operator's list and is looked up every hour.",
  'refund.amount_differs': ({ asked, reported }: EventData) =>
    `The gateway reports a refund of ${String(reported)} instead of ${String(asked)}: nothing is booked, and the ` +
    "refund is on the operator's list.",
  'refund.succeeded': () => 'The money was refunded.',
  'refund.failed': ({ reason }: EventData) => `The gateway refused the refund (${String(reason)}).`,
  'refund.failed_late': ({ amountMinor }: EventData, { money }: EventWords) =>
    'The refund failed after the gateway had reported its success: ' +
    `the customer did not receive the ${money(amountMinor)}, which is back on the account at the gateway. ` +
    "The refund is on the operator's list.",
} as const satisfies Record<string, EventSentence>;
