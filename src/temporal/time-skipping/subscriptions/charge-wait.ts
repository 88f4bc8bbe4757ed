import { subscriptionProcess } from '../../../contracts/subscriptions/process';
import { paymentReported } from '../../../contracts/subscriptions/subscription';
import { findPendingPaymentId } from '../../../services/subscriptions/pending-payment';
import type { OutsideWaitDefinition } from '../outside-wait';
import { isOpenAtGateway, WHAT_A_GATEWAY_SAYS } from '../payments/gateway-waits';

/** A subscription waits for the gateway while the payment that it charges does. */
export const chargeWait: OutsideWaitDefinition = {
  process: subscriptionProcess,
  what: WHAT_A_GATEWAY_SAYS,
  signal: paymentReported.name,
  async waits({ models, tenantId, entityId }) {
    const subscription = await models.subscriptions
      .findOne({ _id: entityId, tenantId }, { tenantId: 1, charge: 1 })
      .lean();
    const paymentId = subscription && (await findPendingPaymentId({ database: { models }, subscription }));
    return paymentId !== null && isOpenAtGateway({ models, tenantId, entityId: paymentId });
  },
};
