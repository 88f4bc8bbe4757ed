import { CANCELLED_IN_TEMPORAL } from '../../contracts/commands';
import type { Payment } from '../../models/payments/payment';

export interface ReasonOfCancelInput {
  payment: Pick<Payment, 'parent' | 'undoing' | 'withdrawReason'>;
  /** The reason that the process gives: a code. */
  reason: string | null;
}

/** Returns the reason of a cancel. A process that Temporal cancels knows none; a parent's payment stores it. */
export function reasonOfCancel({ payment, reason }: ReasonOfCancelInput): string | null {
  const { parent, undoing, withdrawReason } = payment;
  if (reason !== CANCELLED_IN_TEMPORAL || parent === null) return reason;
  return undoing?.reason ?? withdrawReason ?? reason;
}
