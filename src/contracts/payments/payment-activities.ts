import type { FraudDecision } from '../../domain/payments/fraud';
import type { GatewayStatus } from '../../domain/payments/gateway-outcome';
import type { GatewayCall, PaymentPosition } from '../../domain/payments/payment';
import type { ProcessStep, StepCommand } from '../process-step';
import type { PaymentRef, PaymentUndoing, RefundRef } from './payment';

/** The input of every step's activity. */
export interface PaymentStepInput extends PaymentRef, ProcessStep {}

/** `runId` distinguishes a new run from a repeat of this activity. */
export interface ValidatePaymentInput extends PaymentStepInput {
  runId: string;
}

export interface UpdatePaymentStatusInput extends PaymentStepInput {
  to: PaymentPosition;
  /** The deadline of the new state. */
  until?: string | null;
  /** The reason of a decline, failure or cancellation: a code. */
  reason?: string | null;
  /** With `capturing`: the amount, in minor units. Defaults to the authorised amount. */
  captureMinor?: number;
  /** With `captured`: the amount that the gateway captured, in minor units. Defaults to the requested amount. */
  capturedMinor?: number;
  command?: StepCommand;
}

export interface UndoPaymentInput extends PaymentStepInput, PaymentUndoing {
  command?: StepCommand;
}

export interface GatewayCallInput extends PaymentStepInput {
  call: Extract<GatewayCall, 'authorise' | 'capture'>;
}

export interface LookUpPaymentInput extends PaymentStepInput {
  call: GatewayCall;
}

/** The gateway's answer, and the payment's position after the activity has recorded it. */
export interface GatewayAnswer {
  /**
   * `unknown`: no answer, but the call may have had its effect. `unavailable` (look-ups only): nothing is known yet.
   */
  status: GatewayStatus | 'unknown' | 'unavailable';
  /** The reason of a decline or a refusal. */
  reason: string | null;
  position: PaymentPosition;
  /** With `captured`: the captured amount, in minor units. */
  capturedMinor?: number;
  /**
   * Without an outcome: the time 24 hours after the first attempt of the call, ISO 8601. From then on the call is never
   * sent again.
   */
  overdueAt?: string;
  /** With a `failed` authorisation: an attempt before the refused one may have left a hold. */
  mayHold?: true;
}

/** `unavailable`: the undo is not possible now. `waived`: an operator took responsibility for the undo. */
export interface CompensationAnswer extends Omit<GatewayAnswer, 'status'> {
  status: GatewayStatus | 'unknown' | 'unavailable' | 'waived';
}

export interface FraudAnswer {
  decision: FraudDecision;
}

export interface CardAnswer {
  /** The code of the reason that the card cannot be charged; null when it can. */
  problem: string | null;
}

/** The results of both checks; null while the gateway is away, with nothing recorded. */
export type CheckAnswer = (FraudAnswer & CardAnswer) | null;

export interface PaymentMoved {
  /** Business time at which the step was first applied, ISO 8601; a repeat returns the same. */
  at: string;
  /** The recorded reason, which may be more precise than the requested one. Absent where no reason is recorded. */
  reason?: string | null;
}

export interface PaymentUndone extends PaymentMoved {
  /** The position of a payment that is settled already; nothing was recorded. */
  position?: PaymentPosition;
}

export interface RefundStepInput extends RefundRef, ProcessStep {}

export interface RefundAnswer {
  /** `pending`: under way at the bank. `unknown`: no answer. `unavailable`: the gateway did not accept the call. */
  status: 'succeeded' | 'failed' | 'pending' | 'unknown' | 'unavailable';
  reason: string | null;
}

export interface SettleRefundInput extends RefundStepInput {
  outcome: 'succeeded' | 'failed';
  reason: string | null;
}
