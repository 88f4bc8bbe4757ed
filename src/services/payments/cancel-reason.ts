import { CANCELLED_IN_TEMPORAL } from '../../contracts/commands';
import type { Payment } from '../../models/payments/payment';

export interface ReasonOfCancelInput {
  payment: Pick<Payment, 'parent' | 'undoing' | 'withdrawReason'>;
  /** The reason that the process gives: a code. */
  reason: string | null;
}

/**
 * Returns the reason why a payment is given up. A process that Temporal cancels has no reason; a parent's payment has
 * one.
 */
export function reasonOfCancel({ payment, reason }: ReasonOfCancelInput): string | null {
  const { parent, undoing, withdrawReason } = payment;
  if (reason !== CANCELLED_IN_TEMPORAL || parent === null) return reason;
  return undoing?.reason ?? withdrawReason ?? reason;
}
