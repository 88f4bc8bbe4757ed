import type { PaymentRef, RefundRef } from '../../src/contracts/payments/payment';
import type { PaymentStepInput, RefundStepInput } from '../../src/contracts/payments/payment-activities';
import type { ProcessStep } from '../../src/contracts/process-step';
import { byWorkflow } from '../../src/domain/actor';
import type { PaymentState } from '../../src/domain/payments/payment';
import type { RefundState } from '../../src/domain/payments/refund';

/** Returns the key of a payment, for `findEntity`. */
export const paymentKey = ({ tenantId, paymentId }: PaymentRef) =>
  ({ tenantId, entityType: 'payment', entityId: paymentId }) as const;

/** Returns the key of a refund, for `findEntity`. */
export const refundKey = ({ tenantId, refundId }: RefundRef) =>
  ({ tenantId, entityType: 'refund', entityId: refundId }) as const;

/** Returns the part that every step of a payment's workflow has in common, for `applyStep`. */
export const paymentStep = (input: PaymentStepInput, from: readonly PaymentState[]) =>
  ({ ...paymentKey(input), ...byWorkflowAt(input), from }) as const;

/** Returns the part that every step of a refund's workflow has in common, for `applyStep`. */
export const refundStep = (input: RefundStepInput, from: readonly RefundState[]) =>
  ({ ...refundKey(input), ...byWorkflowAt(input), from }) as const;

const byWorkflowAt = ({ chain, step, at }: ProcessStep) => ({ chain, step, at, by: byWorkflow }) as const;
