import type { FraudDecision } from '../../domain/payments/fraud';
import type { GatewayStatus } from '../../domain/payments/gateway-outcome';
import type { GatewayCall, PaymentPosition } from '../../domain/payments/payment';
import type { ProcessStep, StepCommand } from '../process-step';
import type { PaymentRef, PaymentUndoing, RefundRef } from './payment';

/** The input of every step's activity. */
export interface PaymentStepInput extends PaymentRef, ProcessStep {}

/** `runId` tells a run from a repeat of this activity. */
export interface ValidatePaymentInput extends PaymentStepInput {
  runId: string;
}

export interface UpdatePaymentStatusInput extends PaymentStepInput {
  to: PaymentPosition;
  /** The deadline of the state it leads to. */
  until?: string | null;
  /** Why it is declined, failed or cancelled: a code. */
  reason?: string | null;
  /** With `capturing`: how much, in minor units; all that is authorised without. */
  captureMinor?: number;
  /** With `captured`: what the gateway took, in minor units; what was asked for without. */
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

/** What the gateway said, and where the payment stands now that what had to be kept at once has been recorded. */
export interface GatewayAnswer {
  /** `unknown`: no answer came, it may have happened. `unavailable` (look-ups only): nothing is known yet. */
  status: GatewayStatus | 'unknown' | 'unavailable';
  /** Of a decline or a refusal. */
  reason: string | null;
  position: PaymentPosition;
  /** With `captured`: what was taken, in minor units. */
  capturedMinor?: number;
  /** With `failed`, of an authorisation: an attempt before the refused one may have left a hold. */
  mayHold?: true;
}

/** `unavailable`: it could not be undone now. `waived`: an operator took it upon themselves. */
export interface CompensationAnswer extends Omit<GatewayAnswer, 'status'> {
  status: GatewayStatus | 'unknown' | 'unavailable' | 'waived';
}

export interface FraudAnswer {
  decision: FraudDecision;
}

export interface CardAnswer {
  /** Why the card cannot be charged: a code; null when it can. */
  problem: string | null;
}

/** When the step was applied first (ISO 8601, business time); a repeat answers the same. */
export interface PaymentMoved {
  at: string;
  /**
   * Why, as it was recorded: of a payment whose process was cancelled its subscription knows better. Absent where there
   * is none to tell.
   */
  reason?: string | null;
}

export interface RefundStepInput extends RefundRef, ProcessStep {}

export interface RefundAnswer {
  /** `pending`: under way at the bank. `unknown`: no answer came. `unavailable`: it was not taken. */
  status: 'succeeded' | 'failed' | 'pending' | 'unknown' | 'unavailable';
  reason: string | null;
}

export interface SettleRefundInput extends RefundStepInput {
  outcome: 'succeeded' | 'failed';
  reason: string | null;
}
