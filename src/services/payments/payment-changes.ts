import { gatewayKey } from '../../contracts/payments/payment';
import { moneyOf } from '../../domain/money';
import { postAuthorise, postCapture, postVoid, type Posting } from '../../domain/payments/ledger';
import { standingOf, type GatewayCall, type PaymentPosition } from '../../domain/payments/payment';
import type { Payment } from '../../models/payments/payment';

/** The next position of a payment, with the facts of the move. */
export interface PaymentMove {
  to: PaymentPosition;
  /** The reason of a decline, failure or cancellation: a code. */
  reason?: string | null;
  /** With `capturing`: the amount to capture, in minor units. Defaults to everything that is authorised. */
  captureMinor?: number;
  /** With `captured`: the amount that the gateway captured, in minor units. Defaults to the requested amount. */
  capturedMinor?: number;
  authorisationId?: string;
  actionUrl?: string;
}

const GAVE_UP: readonly string[] = ['declined', 'failed', 'cancelled'];

/** True for a state in which nothing was captured and nothing is held. */
export const endsUnpaid = (to: string): boolean => GAVE_UP.includes(to);

/** Returns the amount of a capture under way, in minor units. */
export const captureMinorOf = ({ captureMinor, amount }: Payment): number => captureMinor ?? amount.amountMinor;

/** Returns the fields that change with a move, beside the payment's standing. */
export function changesOf(
  payment: Payment,
  { to, reason, captureMinor, capturedMinor, authorisationId, actionUrl }: PaymentMove,
): Partial<Payment> {
  if (to === 'requires_action')
    return { authorisationId: authorisationId ?? payment.authorisationId, actionUrl: actionUrl ?? null };
  if (to === 'authorised')
    return {
      authorisationId: authorisationId ?? payment.authorisationId,
      actionUrl: null,
      authorisedMinor: payment.amount.amountMinor,
    };
  if (to === 'capturing') return { captureMinor: captureMinor ?? captureMinorOf(payment) };
  if (to === 'captured') return { capturedMinor: capturedMinor ?? captureMinorOf(payment), undoing: null };
  if (endsUnpaid(to)) return { reason: reason ?? null, actionUrl: null };
  return {};
}

/** Returns the data of a move's event; amounts and codes only. */
export function eventDataOf(
  payment: Payment,
  { to, reason, captureMinor, capturedMinor }: PaymentMove,
): Record<string, string | number | null> {
  if (to === 'capturing') return { captureMinor: captureMinor ?? captureMinorOf(payment) };
  if (to === 'captured')
    return { capturedMinor: capturedMinor ?? captureMinorOf(payment), currency: payment.amount.currency };
  if (endsUnpaid(to)) return { reason: reason ?? null };
  return to.startsWith('unknown/') ? { call: standingOf(to).unknownCall } : {};
}

/** Returns the postings of a move. */
export function postingsOf(payment: Payment, { to, capturedMinor }: PaymentMove): Posting[] {
  const { _id: paymentId, amount, authorisedMinor } = payment;
  const authorised = moneyOf(authorisedMinor, amount.currency);
  const about = (call: GatewayCall) => ({ paymentId, key: gatewayKey(paymentId, call) });
  if (to === 'authorised') return [postAuthorise({ ...about('authorise'), amount })];
  if (to === 'captured')
    return [
      postCapture({
        ...about('capture'),
        captured: moneyOf(capturedMinor ?? captureMinorOf(payment), amount.currency),
        authorised,
      }),
    ];
  return endsUnpaid(to) && authorisedMinor > 0 ? [postVoid({ ...about('void'), amount: authorised })] : [];
}
