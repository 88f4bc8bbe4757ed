import type { PaymentUndoing } from '../../src/contracts/payments/payment';

/**
 * The way on where the main loop does not simply go on from the payment's new state. `leave-to-parent`: the process
 * ends here; its parent waits instead, and starts it again.
 */
export type Next = 'leave-to-parent' | 'continue-as-new' | PaymentUndoing;
