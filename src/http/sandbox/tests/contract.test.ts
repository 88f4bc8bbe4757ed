import { describeContract } from '../../../testing/contract/describe-contract';
import { seedPayment } from '../../../testing/worlds/seed-payment';

describeContract({
  domain: 'sandbox',
  bodies: { advanceSandboxClock: { by: 'P1D' } },
  seed: ({ api, tenant: { tenantId } }) => seedPayment({ api, tenantId }),
});
