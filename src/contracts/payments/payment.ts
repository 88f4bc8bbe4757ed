import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CaptureMode, GatewayCall, PaymentState } from '../../domain/payments/payment';
import type { PaymentCommand } from '../../domain/payments/payment-commands';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';

export const PROCESS_PAYMENT = 'processPayment';
export const REFUND_PAYMENT = 'refundPayment';

/** The sole form of the workflows' ids: the business keys. */
export function processPaymentId(paymentId: string): string {
  return `${PROCESS_PAYMENT}/${paymentId}`;
}
export function refundPaymentId(refundId: string): string {
  return `${REFUND_PAYMENT}/${refundId}`;
}

/**
 * The idempotency key of a call to the gateway, and of its posting and its line in the compensation ledger. Made of the
 * entity and the business attempt, never of a retry's number: under one key the gateway acts once, however often it is
 * called.
 */
export function gatewayKey(entityId: string, call: GatewayCall | 'refund', attempt = 1): string {
  return `${entityId}:${call}:${attempt}`;
}

/** Names a payment to workflow and activities: ids only, nothing personal. */
export interface PaymentRef {
  tenantId: string;
  paymentId: string;
}

/**
 * The workflow that a payment is made for. It starts the payment's process, and is sent the signal when there is news of
 * the payment while no process of it runs.
 */
export interface PaymentParent {
  workflowId: string;
  /** The signal's wire name; it carries nothing. */
  signal: string;
}

/**
 * Runs a payment that `acceptPayment` has written.
 *
 * With `renewal` it is the child of a renewal and **never waits on business time** (time skipping does not reach
 * children): where a person, the customer or the gateway's memory would have to be waited for it answers `review`,
 * `requires_action`, `authorised` (manual capture) or `unknown` and ends. The payment is released then: starting the
 * workflow again with the same payment id (same workflow id, reuse policy ALLOW_DUPLICATE) goes on from where it
 * stands, with the same gateway keys, and looks up what is unknown before anything else. So the subscription waits on
 * its own timer ({@link RENEWAL_ASKS_AGAIN_AFTER_MS}) and asks again until the answer {@link isSettledAnswer}; it may
 * ask any number of times, also after the end: a settled payment answers at once. A dunning retry is a new payment with
 * an id of its own.
 *
 * Cancelling the child (Temporal's cancellation) voids what is held; a void that is not confirmed at once answers
 * `unknown`, and asking again goes on with it.
 */
export interface ProcessPaymentInput extends PaymentRef, BornInSandbox {
  correlationId: string;
  renewal?: boolean;
}

/**
 * Where the payment stands when its process ends. A decline is an answer; the workflow fails only when its payment is
 * not its own.
 */
export interface ProcessPaymentResult {
  state: PaymentState;
  /** After which call's silence it is `unknown`; null otherwise. */
  unknownCall: GatewayCall | null;
  /** Why it is declined, failed or cancelled: a code such as `insufficient_funds`; null otherwise. */
  reason: string | null;
}

/** Whether a renewal's payment has its final answer: captured, declined, failed or cancelled (or refunded since). */
export function isSettledAnswer({ state }: Pick<ProcessPaymentResult, 'state'>): boolean {
  return ['captured', 'partially_refunded', 'refunded', 'declined', 'failed', 'cancelled'].includes(state);
}

/**
 * How long a subscription waits before it asks again after `review`, `requires_action` and `unknown`, by how often it
 * asked.
 */
export const RENEWAL_ASKS_AGAIN_AFTER_MS = [5_000, 60_000, 300_000, 1_800_000, 3_600_000] as const;

/** What a new run of processPayment finds. Times are ISO 8601. */
export interface PaymentProgress {
  state: PaymentState;
  unknownCall: GatewayCall | null;
  capture: CaptureMode;
  /** When the present state began; its deadlines count from here. */
  since: string;
  /** Where an undoing that was begun leads to; null where none was. */
  undoing: PaymentUndoing | null;
  /** How many runs have owned it, this one included: the first part of every step's occurrence. */
  run: number;
  reason: string | null;
}

export interface PaymentUndoing {
  towards: 'cancelled' | 'failed';
  /** A code or a fixed phrase, never an error's text. */
  reason: string;
}

/** The updates by the command they carry. */
export const paymentUpdates = {
  capture: 'capturePayment',
  review: 'reviewPayment',
  cancel: 'cancelPayment',
} as const satisfies Record<Exclude<PaymentCommand, 'refund'>, string>;
export type RunningPaymentCommand = keyof typeof paymentUpdates;

export interface CapturePaymentInput extends CommandInput {
  /** In minor units of the payment's currency; all of it without. The api has checked it against what is authorised. */
  amountMinor?: number;
}

export interface ReviewPaymentInput extends CommandInput {
  /** The reviewer's note waits in MongoDB under the command's id (`note`). */
  decision: 'approve' | 'decline';
}

export type PaymentOutcome = CommandOutcome<PaymentState>;

export interface PaymentStatus {
  state: PaymentState;
  unknownCall: GatewayCall | null;
  waitingFor: { what: 'review' | 'customer' | 'capture' | 'gateway'; until: string | null } | null;
}

export const getState = defineQuery<PaymentStatus>('getState');
export const capturePayment = defineUpdate<PaymentOutcome, [CapturePaymentInput]>(paymentUpdates.capture);
export const reviewPayment = defineUpdate<PaymentOutcome, [ReviewPaymentInput]>(paymentUpdates.review);
export const cancelPayment = defineUpdate<PaymentOutcome, [CommandInput]>(paymentUpdates.cancel);
/** The same as the update, for those who cannot wait for an answer; ignored where the update would be refused. */
export const cancelPaymentSignal = defineSignal<[CommandInput]>(paymentUpdates.cancel);

/**
 * The gateway's webhook told something of this payment (or refund). It says no more than "look now": what the gateway
 * says is looked up by key, so webhooks that are doubled, late, in disorder or forged change nothing.
 */
export const gatewayReported = defineSignal('gatewayReported');

/** Why a command of a payment may be refused, besides the codes of `refusePaymentCommand`. */
export const paymentRefusals = {
  /** A cancel came after the money was taken: the api answers it with a refund of all that is left. */
  captured: 'PAYMENT_CAPTURED',
} as const;

export interface RefundRef {
  tenantId: string;
  refundId: string;
}

export interface RefundPaymentInput extends RefundRef, BornInSandbox {
  correlationId: string;
}
