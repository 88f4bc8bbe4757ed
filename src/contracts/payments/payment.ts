import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CaptureMode, GatewayCall, PaymentPurpose, PaymentState } from '../../domain/payments/payment';
import type { PaymentCommand } from '../../domain/payments/payment-commands';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';

export const PROCESS_PAYMENT = 'processPayment';
export const REFUND_PAYMENT = 'refundPayment';

/** Returns the only form of the workflow's id: the business key. */
export function processPaymentId(paymentId: string): string {
  return `${PROCESS_PAYMENT}/${paymentId}`;
}
export function refundPaymentId(refundId: string): string {
  return `${REFUND_PAYMENT}/${refundId}`;
}

/**
 * Returns the idempotency key of a call to the gateway, and of its posting and its line in the compensation ledger. The
 * key names the entity and the business attempt, never the number of a retry: under one key the gateway acts once,
 * however often it is called.
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
 * The workflow that a payment is made for. It starts the payment's process, and receives the signal when something
 * happens to the payment while no process of the payment runs.
 */
export interface PaymentParent {
  workflowId: string;
  /** The signal's wire name. The signal has no arguments. */
  signal: string;
}

/**
 * Runs a payment that `acceptPayment` has written.
 *
 * With `renewal` it is the child of a renewal and **never waits on business time** (time skipping does not reach
 * children): where it would have to wait for a reviewer, the customer or the gateway, it returns `review`,
 * `requires_action`, `authorised` (manual capture) or `unknown` and ends. The payment is then released: starting the
 * workflow again with the same payment id (same workflow id, reuse policy ALLOW_DUPLICATE) continues from the payment's
 * state, with the same gateway keys, and first looks up an unknown outcome. The subscription therefore waits on its own
 * timer ({@link QUERY_RENEWAL_AFTER_MS}) and starts the child again until the payment is settled. It may do so any
 * number of times, also after the end: a settled payment returns immediately. A dunning retry is a new payment with its
 * own id.
 *
 * Cancelling the child (Temporal's cancellation) voids the authorisation; a void that is not confirmed immediately
 * returns `unknown`, and the next start continues with the void.
 */
export interface ProcessPaymentInput extends PaymentRef, BornInSandbox {
  correlationId: string;
  renewal?: boolean;
}

/**
 * The payment when its process ends. A decline is a result; the workflow fails only when another run owns the payment.
 */
export interface ProcessPaymentResult {
  state: PaymentState;
  /** The call without an answer that made it `unknown`; null in other states. */
  unknownCall: GatewayCall | null;
  /** The reason of a decline, failure or cancellation: a code such as `insufficient_funds`; null in other states. */
  reason: string | null;
}

/**
 * Milliseconds until a subscription queries a payment in `review`, `requires_action` or `unknown` again, by the number
 * of earlier queries.
 */
export const QUERY_RENEWAL_AFTER_MS = [5_000, 60_000, 300_000, 1_800_000, 3_600_000] as const;

/** The recorded progress from which a new run of processPayment continues. Times are ISO 8601. */
export interface PaymentProgress {
  state: PaymentState;
  unknownCall: GatewayCall | null;
  capture: CaptureMode;
  purpose: PaymentPurpose;
  /** Start of the present state, from which its deadlines count. */
  since: string;
  /** The deadline of the present state; null where it has none. */
  until: string | null;
  /** The undoing under way; null without one. */
  undoing: PaymentUndoing | null;
  /** The number of runs that have owned the payment, this one included; the first part of every step's occurrence. */
  run: number;
  reason: string | null;
}

export interface PaymentUndoing {
  towards: 'cancelled' | 'failed';
  /** A code or a fixed phrase, never an error's text. */
  reason: string;
}

/** The commands that a payment's process applies, each named for its update. */
export type RunningPaymentCommand = Exclude<PaymentCommand, 'refundPayment'>;

export interface CapturePaymentInput extends CommandInput {
  /**
   * In minor units of the payment's currency. Defaults to the authorised amount, against which the api has checked it.
   */
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
export const capturePayment = defineUpdate<PaymentOutcome, [CapturePaymentInput]>(
  'capturePayment' satisfies RunningPaymentCommand,
);
export const reviewPayment = defineUpdate<PaymentOutcome, [ReviewPaymentInput]>(
  'reviewPayment' satisfies RunningPaymentCommand,
);
export const cancelPayment = defineUpdate<PaymentOutcome, [CommandInput]>(
  'cancelPayment' satisfies RunningPaymentCommand,
);
/** The same command as the update, for senders that cannot wait; ignored where the update would be refused. */
export const cancelPaymentSignal = defineSignal<[CommandInput]>('cancelPayment');

/**
 * The gateway's webhook reported on this payment (or refund). The signal is only a wake-up: the process looks up the
 * outcome by key, so webhooks that are duplicated, late, out of order or forged change nothing.
 */
export const gatewayReported = defineSignal('gatewayReported');

/** Codes that refuse a payment's command, besides those of `refusePaymentCommand`. */
export const paymentRefusals = {
  /** The cancel came after the capture: the api refunds the remaining amount instead. */
  captured: 'PAYMENT_CAPTURED',
} as const;

export interface RefundRef {
  tenantId: string;
  refundId: string;
}

export interface RefundPaymentInput extends RefundRef, BornInSandbox {
  correlationId: string;
}
