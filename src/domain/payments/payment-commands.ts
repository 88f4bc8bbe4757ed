import type { Money } from '../money';
import { compareMoney, requireAmount, requireSameCurrency } from '../money';
import { DomainError } from '../domain-error';
import type { CaptureMode, PaymentState } from './payment';
import { endedPaymentStates } from './payment';
import type { Refusal } from '../refusal';

export const paymentCommands = ['capturePayment', 'cancelPayment', 'reviewPayment', 'refundPayment'] as const;
export type PaymentCommand = (typeof paymentCommands)[number];

const REFUNDABLE: readonly PaymentState[] = ['captured', 'partially_refunded'];

/** The states in which each command is accepted. Cancelling works until the payment has ended. */
export const paymentCommandStates: Readonly<Record<PaymentCommand, readonly PaymentState[]>> = {
  capturePayment: ['authorised'],
  reviewPayment: ['review'],
  refundPayment: REFUNDABLE,
  cancelPayment: [
    'accepted',
    'validating',
    'review',
    'requires_action',
    'authorising',
    'authorised',
    'capturing',
    'unknown',
    ...REFUNDABLE,
  ],
};

const refusals: Readonly<Record<PaymentCommand, { code: string; remedy: string }>> = {
  capturePayment: {
    code: 'PAYMENT_NOT_CAPTURABLE',
    remedy: 'only an authorised payment made with capture "manual" can be captured',
  },
  reviewPayment: { code: 'PAYMENT_NOT_IN_REVIEW', remedy: 'only a payment in review can be decided' },
  refundPayment: { code: 'PAYMENT_NOT_REFUNDABLE', remedy: 'only money that was captured can be refunded' },
  cancelPayment: { code: 'PAYMENT_ALREADY_ENDED', remedy: 'it has ended, so nothing is left to cancel' },
};

export interface PaymentCommandInput {
  command: PaymentCommand;
  state: PaymentState;
  capture: CaptureMode;
}

/** Returns null when the payment takes the command now, otherwise the conflict with its state. */
export function refusePaymentCommand({ command, state, capture }: PaymentCommandInput): Refusal | null {
  const capturesItself = command === 'capturePayment' && capture === 'automatic';
  if (paymentCommandStates[command].includes(state) && !capturesItself) return null;
  const { code, remedy } = refusals[command];
  const how = capturesItself && !endedPaymentStates.includes(state) ? ' and captures itself' : '';
  return { code, detail: `The payment is ${state}${how}: ${remedy}.` };
}

/** Returns the meaning of a cancel: a void before the capture, afterwards a refund of all that is left. */
export const meaningOfCancel = (state: PaymentState): 'void' | 'refund' =>
  REFUNDABLE.includes(state) ? 'refund' : 'void';

export interface CaptureAmountInput {
  authorised: Money;
  /** Defaults to everything that is authorised. */
  requested?: Money;
  /** The gateway accepts only multiples of this many minor units. Defaults to 1. */
  stepMinor?: number;
}

/**
 * Returns the amount to capture. It may be less than authorised; the rest is released with the same capture.
 * Throws what `requireAmount` throws, `CURRENCY_MISMATCH`, or `CAPTURE_EXCEEDS_AUTHORISATION`.
 */
export function captureAmount({ authorised, requested, stepMinor }: CaptureAmountInput): Money {
  if (!requested) return authorised;
  requireAmount({ amount: requested, stepMinor });
  requireSameCurrency(authorised, requested, '/amount/currency');
  if (compareMoney(requested, authorised) > 0) {
    const detail =
      `amountMinor ${requested.amountMinor} is more than the ${authorised.amountMinor} authorised: ` +
      'capture at most that.';
    throw new DomainError('CAPTURE_EXCEEDS_AUTHORISATION', detail, { pointer: '/amount/amountMinor' });
  }
  return requested;
}
