import { describeContract } from '../../../testing/contract/describe-contract';

const dunning = { retryAfterDays: [1, 3], cancelAfterDays: 14 };

describeContract({
  domain: 'partners',
  bodies: {
    createPartner: { name: 'Acme', dunning },
    updatePartner: { name: 'Acme', dunning },
    createApiKey: { mode: 'sandbox', scopes: ['read'] },
  },
  seed: async ({ tenant: { partnerId, keyId } }) => ({ partnerId, keyId }),
});
