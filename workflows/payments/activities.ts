import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { paymentActivityOptions } from '../../config/temporal';

export const {
  validatePayment,
  checkPayment,
  checkFraud,
  validateCard,
  processPaymentGateway,
  lookUpPayment,
  updatePaymentStatus,
  undoPayment,
  compensatePayment,
  sendWebhookNotification,
  reportOverduePayment,
  releasePayment,
  beginRefund,
  processRefundGateway,
  settleRefund,
  reportOverdueRefund,
} = proxyActivities<Activities>(paymentActivityOptions);
