import { CANCELLED_IN_TEMPORAL } from '../../contracts/commands';
import type { Payment } from '../../models/payments/payment';

/**
 * Returns why a payment is given up: the reason that its process gives, a code. A process that Temporal cancels does not
 * know why; of a parent's payment the payment itself does.
 */
export function reasonOfCancel(
  { parent, undoing, withdrawReason }: Pick<Payment, 'parent' | 'undoing' | 'withdrawReason'>,
  reason: string | null,
): string | null {
  if (reason !== CANCELLED_IN_TEMPORAL || parent === null) return reason;
  return undoing?.reason ?? withdrawReason ?? reason;
}
