import { subscriptionProcess } from '../../../contracts/subscriptions/process';
import { paymentReported } from '../../../contracts/subscriptions/subscription';
import { findPendingPaymentIds } from '../../../services/subscriptions/charges/pending-payment';
import type { OutsideWaitDefinition } from '../outside-wait';
import { isOpenAtGateway, GATEWAY_RESULT } from '../payments/gateway-waits';

/** A subscription waits for the gateway while one of the payments that it has under way does so. */
export const chargeWait: OutsideWaitDefinition = {
  process: subscriptionProcess,
  description: GATEWAY_RESULT,
  signal: paymentReported.name,
  async waits({ models, tenantId, entityId }) {
    const subscription = await models.subscriptions
      .findOne({ _id: entityId, tenantId }, { tenantId: 1, charge: 1, pendingChange: 1, withdrawnCharges: 1 })
      .lean();
    const paymentIds = subscription ? await findPendingPaymentIds({ database: { models }, subscription }) : [];
    for (const paymentId of paymentIds)
      if (await isOpenAtGateway({ models, tenantId, entityId: paymentId })) return true;
    return false;
  },
};
