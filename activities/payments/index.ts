import type { ActivityDependencies } from '../dependencies';
import { createPaymentCheckActivities } from './payment-checks';
import { createPaymentCompensationActivities } from './payment-compensation';
import { createPaymentGatewayActivities } from './payment-gateway';
import { createPaymentActivities } from './payments';
import { createRefundActivities } from './refunds';

/** Creates the activities of payments and refunds, by their wire names. */
export const createPaymentsActivities = (dependencies: ActivityDependencies) => ({
  ...createPaymentCheckActivities(dependencies),
  ...createPaymentCompensationActivities(dependencies),
  ...createPaymentGatewayActivities(dependencies),
  ...createPaymentActivities(dependencies),
  ...createRefundActivities(dependencies),
});
