import type { Money } from '../money';
import { compareMoney, requireAmount, requireSameCurrency } from '../money';
import { DomainError } from '../domain-error';
import type { CaptureMode, PaymentState } from './payment';
import { endedPaymentStates } from './payment';
import type { Refusal } from '../refusal';

export const paymentCommands = ['capture', 'cancel', 'review', 'refund'] as const;
export type PaymentCommand = (typeof paymentCommands)[number];

const REFUNDABLE: readonly PaymentState[] = ['captured', 'partially_refunded'];

/** The states in which each command is accepted. Cancelling works until the payment has ended. */
export const paymentCommandStates: Readonly<Record<PaymentCommand, readonly PaymentState[]>> = {
  capture: ['authorised'],
  review: ['review'],
  refund: REFUNDABLE,
  cancel: [
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
  capture: {
    code: 'PAYMENT_NOT_CAPTURABLE',
    remedy: 'only an authorised payment made with capture "manual" can be captured',
  },
  review: { code: 'PAYMENT_NOT_IN_REVIEW', remedy: 'only a payment in review can be decided' },
  refund: { code: 'PAYMENT_NOT_REFUNDABLE', remedy: 'only money that was captured can be refunded' },
  cancel: { code: 'PAYMENT_ALREADY_ENDED', remedy: 'it has ended, nothing is left to cancel' },
};

export interface PaymentCommandInput {
  command: PaymentCommand;
  state: PaymentState;
  capture: CaptureMode;
}

/** Null when the payment takes the command now, otherwise why not (all are conflicts with its state). */
export function refusePaymentCommand({ command, state, capture }: PaymentCommandInput): Refusal | null {
  const capturesItself = command === 'capture' && capture === 'automatic';
  if (paymentCommandStates[command].includes(state) && !capturesItself) return null;
  const { code, remedy } = refusals[command];
  const how = capturesItself && !endedPaymentStates.includes(state) ? ' and captures itself' : '';
  return { code, detail: `The payment is ${state}${how}: ${remedy}.` };
}

/** What a cancel means: before the money was taken a void, afterwards a refund of all that is left. */
export const meaningOfCancel = (state: PaymentState): 'void' | 'refund' =>
  REFUNDABLE.includes(state) ? 'refund' : 'void';

export interface CaptureAmountInput {
  authorised: Money;
  /** Without it everything is captured. */
  requested?: Money;
  /** What the gateway takes in multiples of, in minor units. */
  stepMinor?: number;
}

/**
 * The amount to capture. Less than authorised is fine; the rest is released with the same capture.
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
