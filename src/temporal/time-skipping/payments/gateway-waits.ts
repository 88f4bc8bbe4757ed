import { gatewayReported } from '../../../contracts/payments/payment';
import { paymentProcess, refundProcess } from '../../../contracts/payments/process';
import { settledPaymentStates } from '../../../domain/payments/payment';
import type { OutsideWaitDefinition, OutsideWaitInput } from '../outside-wait';

export const GATEWAY_RESULT = 'the gateway to report the result of a call';

/** Resolves to true while a payment waits for the gateway's report, itself or through its parent. */
export async function isOpenAtGateway({ models, tenantId, entityId: _id }: OutsideWaitInput): Promise<boolean> {
  const payment = await models.payments.findOne({ _id, tenantId }, { state: 1, undoing: 1 }).lean();
  if (payment === null || settledPaymentStates.includes(payment.state)) return false;
  return payment.state === 'unknown' || payment.undoing !== null;
}

export const paymentWaits: readonly OutsideWaitDefinition[] = [
  { process: paymentProcess, description: GATEWAY_RESULT, signal: gatewayReported.name, waits: isOpenAtGateway },
  {
    process: refundProcess,
    description: GATEWAY_RESULT,
    signal: gatewayReported.name,
    waits: async ({ models, tenantId, entityId: _id }) =>
      (await models.refunds.exists({ _id, tenantId, state: 'pending' })) !== null,
  },
];
