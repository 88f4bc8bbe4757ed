import { newId } from '../../../domain/ids';
import { describeContract } from '../../../testing/contract/describe-contract';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';

const planId = newId('plan');

describeContract({
  domain: 'subscriptions',
  bodies: {
    createPlan: { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' },
    createSubscription: { customerId: 'cust-1', planId, paymentMethod: 'pm_ok' },
    changePlan: { planId, when: 'now' },
    previewPlanChange: { planId, when: 'now' },
    cancelSubscription: { when: 'now' },
    updatePaymentMethod: { paymentMethod: 'pm_ok' },
  },
  seed: ({ api, tenant: { tenantId } }) => seedSubscription({ api, tenantId }),
});
