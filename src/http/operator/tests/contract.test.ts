import { newId } from '../../../domain/ids';
import { describeContract } from '../../../testing/contract/describe-contract';
import { seedPayment } from '../../../testing/worlds/seed-payment';

describeContract({
  domain: 'operator',
  bodies: {},
  async seed({ api, tenant: { tenantId } }) {
    const stuckId = newId('stuckItem');
    const now = new Date();
    await api.database.models.stuckItems.insertMany([
      {
        _id: stuckId,
        tenantId,
        kind: 'workflow_missing',
        entityType: 'onboarding',
        entityId: newId('onboarding'),
        subject: 'userOnboarding/x',
        detail: 'No workflow runs',
        state: 'open',
        open: true,
        occurrence: 1,
        createdAt: now,
        updatedAt: now,
      },
    ]);
    return { ...(await seedPayment({ api, tenantId })), stuckId };
  },
});
