import { gatewayKey } from '../../contracts/payments/payment';
import { moneyOf } from '../../domain/money';
import { postAuthorise, postCapture, postVoid, type Posting } from '../../domain/payments/ledger';
import { standingOf, type GatewayCall, type PaymentPosition } from '../../domain/payments/payment';
import type { Payment } from '../../models/payments/payment';

/** Where a payment moves to, and with which facts. */
export interface PaymentMove {
  to: PaymentPosition;
  /** Why the payment is declined, failed or cancelled: a code. */
  reason?: string | null;
  /** With `capturing`: how much is to be taken, in minor units; all that is authorised without. */
  captureMinor?: number;
  /** With `captured`: what the gateway took, in minor units; what was asked for without. */
  capturedMinor?: number;
  authorisationId?: string;
  actionUrl?: string;
}

const GAVE_UP: readonly string[] = ['declined', 'failed', 'cancelled'];

/** Nothing is taken and nothing stays held. */
export const gaveUp = (to: string): boolean => GAVE_UP.includes(to);

/** What a capture under way takes, in minor units. */
export const captureMinorOf = ({ captureMinor, amount }: Payment): number => captureMinor ?? amount.amountMinor;

/** The fields that change with a move, beside the payment's standing. */
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
  if (gaveUp(to)) return { reason: reason ?? null, actionUrl: null };
  return {};
}

/** The facts of the event that a move leaves; amounts and codes only. */
export function eventDataOf(
  payment: Payment,
  { to, reason, captureMinor, capturedMinor }: PaymentMove,
): Record<string, string | number | null> {
  if (to === 'capturing') return { captureMinor: captureMinor ?? captureMinorOf(payment) };
  if (to === 'captured')
    return { capturedMinor: capturedMinor ?? captureMinorOf(payment), currency: payment.amount.currency };
  if (gaveUp(to)) return { reason: reason ?? null };
  return to.startsWith('unknown/') ? { call: standingOf(to).unknownCall } : {};
}

/** The postings that a move makes in the books. */
export function postingsOf(payment: Payment, { to, capturedMinor }: PaymentMove): Posting[] {
  const { _id: paymentId, amount, authorisedMinor } = payment;
  const authorised = moneyOf(authorisedMinor, amount.currency);
  const about = (call: GatewayCall) => ({ paymentId, key: gatewayKey(paymentId, call) });
  if (to === 'authorised') return [postAuthorise({ ...about('authorise'), amount })];
  // An order's reference is the partner's own: nothing here is held for it, so the money is earned at once.
  if (to === 'captured')
    return [
      postCapture({
        ...about('capture'),
        captured: moneyOf(capturedMinor ?? captureMinorOf(payment), amount.currency),
        authorised,
        hasOrder: false,
      }),
    ];
  return gaveUp(to) && authorisedMinor > 0 ? [postVoid({ ...about('void'), amount: authorised })] : [];
}
