import { DomainError } from '../domain-error';
import type { Transitions } from '../transitions';
import { canTransition, sourcesOf, terminalStates, transitionsToMermaid } from '../transitions';

export const paymentStates = [
  'accepted',
  'validating',
  'review',
  'requires_action',
  'authorising',
  'authorised',
  'capturing',
  'captured',
  'partially_refunded',
  'refunded',
  'declined',
  'failed',
  'cancelled',
  'unknown',
] as const;
export type PaymentState = (typeof paymentStates)[number];

/**
 * The calls to the gateway that make a payment `unknown` when they get no response. An unknown refund leaves the
 * payment as it is.
 */
export const gatewayCalls = ['authorise', 'capture', 'void'] as const;
export type GatewayCall = (typeof gatewayCalls)[number];

export type CaptureMode = 'automatic' | 'manual';

/** A payment's state, and for `unknown` the call without a known outcome (null otherwise). */
export interface PaymentStanding {
  state: PaymentState;
  unknownCall: GatewayCall | null;
}

/** A standing as one string, as in the table. */
export type PaymentPosition = Exclude<PaymentState, 'unknown'> | `unknown/${GatewayCall}`;

/**
 * Every transition a payment may make. This one table is the source of guards, tests and the picture in docs/money.md.
 *
 * While a void runs the payment stays in its state: only the confirmation makes it `cancelled` (somebody cancelled it,
 * or a deadline passed) or `failed` (the void undid a fault). `failed` is never entered while the gateway may still
 * hold or have captured money. A payment is captured once: the rest of the authorisation is released with the capture.
 */
export const paymentTransitions: Transitions<PaymentPosition> = {
  accepted: {
    validating: 'the process starts',
    failed: 'closed by an operator',
    cancelled: 'cancelled',
  },
  validating: {
    review: 'fraud rules require a person',
    authorising: 'allowed, card valid',
    declined: 'fraud or card rules decline',
    failed: 'a fault, nothing held',
    cancelled: 'cancelled',
  },
  review: {
    authorising: 'approved',
    declined: 'denied, or no decision in 24 h',
    failed: 'a fault, nothing held',
    cancelled: 'cancelled',
  },
  requires_action: {
    authorised: 'the customer acted',
    declined: 'the bank declines',
    failed: 'a fault, voided',
    cancelled: 'cancelled or no action in time, voided',
    'unknown/void': 'no response to the void',
  },
  authorising: {
    requires_action: 'the customer must act',
    authorised: 'held',
    declined: 'the bank declines',
    failed: 'refused permanently, or a fault and voided',
    cancelled: 'cancelled, voided',
    'unknown/authorise': 'no response',
    'unknown/void': 'no response to the void',
  },
  authorised: {
    capturing: 'automatic, or captured by the partner',
    captured: 'captured at the gateway itself',
    failed: 'a fault, voided',
    cancelled: 'cancelled or not captured in 7 days, voided',
    'unknown/void': 'no response to the void',
  },
  capturing: {
    captured: 'taken',
    failed: 'refused permanently, voided',
    cancelled: 'cancelled or expired before the capture',
    'unknown/capture': 'no response',
    'unknown/void': 'no response to the void',
  },
  captured: {
    partially_refunded: 'part refunded',
    refunded: 'all refunded',
  },
  partially_refunded: {
    partially_refunded: 'another part refunded',
    refunded: 'the rest refunded',
    captured: 'the refund failed after all',
  },
  refunded: {
    partially_refunded: 'a refund failed after all',
    captured: 'the refund failed after all',
  },
  declined: {},
  failed: {},
  cancelled: {},
  'unknown/authorise': {
    authorising: 'never arrived, same key again',
    requires_action: 'look-up or webhook, customer must act',
    authorised: 'look-up or webhook, held',
    declined: 'look-up or webhook, declined',
    failed: 'refused permanently, or a fault and voided',
    cancelled: 'cancelled, voided',
    'unknown/void': 'no response to the void',
  },
  'unknown/capture': {
    capturing: 'never arrived, same key again',
    captured: 'look-up or webhook, captured',
    failed: 'refused permanently, voided',
    cancelled: 'cancelled or expired, nothing captured',
    'unknown/void': 'no response to the void',
  },
  'unknown/void': {
    captured: 'look-up, captured before the void',
    declined: 'look-up, declined before the void',
    failed: 'voided, it undid a fault',
    cancelled: 'voided',
  },
};

/** Throws `PAYMENT_STANDING_BROKEN` for an `unknown` without its call: there would be nothing to look up. */
export function positionOf({ state, unknownCall }: PaymentStanding): PaymentPosition {
  if (state !== 'unknown') return state;
  if (!unknownCall)
    throw new DomainError('PAYMENT_STANDING_BROKEN', 'The payment is unknown, but not after which call.');
  return `unknown/${unknownCall}`;
}

export function standingOf(position: PaymentPosition): PaymentStanding {
  const [state, unknownCall = null] = position.split('/') as [PaymentState, GatewayCall?];
  return { state, unknownCall };
}

export const canMovePayment = ({ from, to }: { from: PaymentPosition; to: PaymentPosition }): boolean =>
  canTransition(paymentTransitions, from, to);

/** Returns the standings from which a guarded transition to `to` may start. */
export const paymentSourcesOf = (to: PaymentPosition): PaymentStanding[] =>
  sourcesOf(paymentTransitions, to).map(standingOf);

/**
 * `refunded declined failed cancelled`: nothing is left to do. Only a refund that fails after all, or a
 * dispute that is decided again, leads out of `refunded`.
 */
export const endedPaymentStates: readonly PaymentState[] = [
  'refunded',
  ...(terminalStates(paymentTransitions) as PaymentState[]),
];

/** Ended, or captured so that only a refund could follow: the process has nothing left to do. */
export const settledPaymentStates: readonly PaymentState[] = [...endedPaymentStates, 'captured', 'partially_refunded'];

/**
 * True when a caller who waits (`Prefer: wait`) has something to act on: the payment is settled, or a person must act.
 */
export const isPaymentAtRest = ({ state, capture }: { state: PaymentState; capture: CaptureMode }): boolean =>
  settledPaymentStates.includes(state) ||
  state === 'review' ||
  state === 'requires_action' ||
  (state === 'authorised' && capture === 'manual');

/** Returns the picture of the table, for docs/money.md. */
export const paymentsToMermaid = (): string => transitionsToMermaid({ table: paymentTransitions, initial: 'accepted' });

const HOUR_MS = 3_600_000;

/** Business deadlines of a payment, in milliseconds. Never shortened for tests: tests skip time. */
export const paymentTimes = {
  /** Long enough for a timed-out call to have arrived or been lost. */
  arrivalMs: 60_000,
  reviewMs: 24 * HOUR_MS,
  /** For a customer who is present to confirm. */
  actionMs: HOUR_MS,
  /** For a customer who has to be asked by mail. */
  absentActionMs: 23 * HOUR_MS,
  /** An authorisation not captured by then is voided. */
  captureMs: 7 * 24 * HOUR_MS,
  /** An outcome unknown for this long goes on the operator's list; the look-ups continue. */
  unknownMs: 24 * HOUR_MS,
} as const;

/** `renewal`: the customer is not present at the charge. */
export type PaymentPurpose = 'initial' | 'renewal';

/** Returns the time in which the customer has to confirm, in ms. */
export const actionMsOf = (purpose: PaymentPurpose): number =>
  purpose === 'renewal' ? paymentTimes.absentActionMs : paymentTimes.actionMs;

/**
 * Returns the time for which the payment waits for a person after the gateway's result, in ms; null where nobody has to
 * act.
 */
export function waitAfterAnswerMs({
  position,
  capture,
  purpose,
}: {
  position: PaymentPosition;
  capture: CaptureMode;
  purpose: PaymentPurpose;
}): number | null {
  if (position === 'requires_action') return actionMsOf(purpose);
  return position === 'authorised' && capture === 'manual' ? paymentTimes.captureMs : null;
}
