import { subscriptionProcess } from '../../../contracts/subscriptions/process';
import { paymentReported } from '../../../contracts/subscriptions/subscription';
import { findPendingPaymentId } from '../../../services/subscriptions/pending-payment';
import type { OutsideWaitDefinition } from '../outside-wait';
import { isOpenAtGateway, GATEWAY_RESULT } from '../payments/gateway-waits';

/** A subscription waits for the gateway while the payment that it charges does so. */
export const chargeWait: OutsideWaitDefinition = {
  process: subscriptionProcess,
  description: GATEWAY_RESULT,
  signal: paymentReported.name,
  async waits({ models, tenantId, entityId }) {
    const subscription = await models.subscriptions
      .findOne({ _id: entityId, tenantId }, { tenantId: 1, charge: 1 })
      .lean();
    const paymentId = subscription && (await findPendingPaymentId({ database: { models }, subscription }));
    return paymentId !== null && isOpenAtGateway({ models, tenantId, entityId: paymentId });
  },
};
