import { describeContract } from '../../../testing/contract/describe-contract';
import { seedPayment } from '../../../testing/worlds/seed-payment';

const payment = { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' };
const part = { amount: { amountMinor: 100, currency: 'EUR' } };

describeContract({
  domain: 'payments',
  bodies: {
    createPayment: payment,
    initializePayment: payment,
    reviewPayment: { decision: 'approve' },
    capturePayment: part,
    refundPayment: part,
  },
  seed: ({ api, tenant: { tenantId } }) => seedPayment({ api, tenantId }),
});
