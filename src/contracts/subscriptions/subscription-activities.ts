import type { PaymentState } from '../../domain/payments/payment';
import type { SubscriptionState } from '../../domain/subscriptions/subscription';
import type { SubscriptionProgress } from '../../domain/subscriptions/subscription-progress';
import type { ProcessStep, StepCommand } from '../process-step';
import type { ChargeAttempt, SubscriptionCommandTerms, SubscriptionRef } from './subscription';

/** The input of every step's activity. */
export interface SubscriptionStepInput extends SubscriptionRef, ProcessStep {}

/** The terms of a command. Its texts and tokens are stored in MongoDB under its id. */
export type SubscriptionCommandStep<Update extends keyof SubscriptionCommandTerms> = SubscriptionStepInput & {
  command: StepCommand;
  /** The invoice of the change whose payment the command has withdrawn. */
  withdrawnInvoiceId?: string;
} & SubscriptionCommandTerms[Update];

/** An automatic cancel or resumption has no command. */
export type DueStep<Update extends keyof SubscriptionCommandTerms> = Omit<
  SubscriptionCommandStep<Update>,
  'command'
> & { command?: StepCommand; reason?: string };

/** The result of the step, and the subscription's present progress. A repeat returns the same state and time. */
export interface SubscriptionMoved {
  state: SubscriptionState;
  at: string;
  progress: SubscriptionProgress;
}

export type ChargeStepInput = SubscriptionStepInput & ChargeAttempt;

/** Withdraws the payment of a pending change, or gives the change up at its deadline. */
export interface WithdrawPlanChangeInput extends SubscriptionStepInput {
  invoiceId: string;
  reason: 'command' | 'expired';
}

/** The facts that a charge needs before it begins. */
export interface SubscriptionDetails {
  /** The payment that this attempt has created already; null without one. */
  paymentId: string | null;
  /**
   * True when that payment must be voided: the subscription is cancelled or has another payment method, or the change
   * is withdrawn.
   */
  withdraw: boolean;
}

/** The payment to make; null when nothing is due, or when the subscription has been or is just being cancelled. */
export interface InvoiceAnswer {
  paymentId: string | null;
}

export type UpdateSubscriptionInput = ChargeStepInput & {
  /** The result of the attempt; null when nothing was due. */
  payment: { state: PaymentState; reason: string | null } | null;
};
