import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { subscriptionActivityOptions } from '../../config/temporal';

export const {
  beginSubscription,
  startTrial,
  announceTrialEnd,
  expireSubscription,
  getSubscriptionDetails,
  createInvoice,
  updateSubscription,
  changePlan,
  withdrawPlanChange,
  pauseSubscription,
  resumeSubscription,
  cancelSubscription,
  undoSubscriptionChange,
  updatePaymentMethod,
} = proxyActivities<Activities>(subscriptionActivityOptions);
