import { newId } from '../../../domain/ids';
import { describeContract } from '../../../testing/contract/describe-contract';
import { seedPayment } from '../../../testing/worlds/seed-payment';

describeContract({
  domain: 'sandbox',
  bodies: { advanceSandboxClock: { by: 'P1D' } },
  async seed({ api, tenant: { tenantId } }) {
    const now = new Date();
    const mailId = newId('sandboxMail');
    await api.database.models.sandboxMails.insertMany([
      {
        _id: mailId,
        tenantId,
        state: 'withheld',
        template: 'welcome',
        audience: 'person',
        to: 'ada@example.com',
        toKey: 'ada@example.com',
        subject: '[sandbox] Welcome',
        text: 'Welcome!',
        entityType: 'onboarding',
        entityId: newId('onboarding'),
        correlationId: 'test',
        createdAt: now,
        keptSince: now,
      },
    ]);
    return { ...(await seedPayment({ api, tenantId })), mailId };
  },
});
