import type { PaymentUndoing } from '../../src/contracts/payments/payment';

/**
 * A reason for the main loop to stop. `leave-to-parent`: the process ends, and its parent waits instead and starts the
 * process again. An undoing: the payment is voided.
 */
export type Next = 'leave-to-parent' | 'continue-as-new' | PaymentUndoing;
