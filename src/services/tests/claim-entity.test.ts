import { byWorkflow } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { paymentStates } from '../../domain/payments/payment';
import { tenantIdOf } from '../../domain/tenant';
import { openTestDatabase } from '../../testing/servers/test-database';
import { seedCaptured } from '../../testing/worlds/seed-payment';
import { applyStep } from '../apply-step';
import { claimEntity } from '../claim-entity';

const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
const notOurs = expect.objectContaining({ code: 'ENTITY_NOT_OURS' });

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.drop());

const claim = (entityId: string, chain: string) =>
  claimEntity({ database: opened.database, tenantId, entityType: 'payment', entityId, chain });

describe('an entity', () => {
  it('belongs to one of many chains that claim it at the same time, however often that one repeats', async () => {
    const entityId = await seedCaptured({ api: opened, tenantId });
    const chains = Array.from({ length: 10 }, (_, index) => `chain-${index}`);
    const claims = await Promise.allSettled(chains.map((chain) => claim(entityId, chain)));
    const owners = chains.filter((_, index) => claims[index]!.status === 'fulfilled');
    expect(owners).toHaveLength(1);
    expect((await claim(entityId, owners[0]!)).chain).toBe(owners[0]);
    for (const chain of chains.filter((each) => each !== owners[0]))
      await expect(claim(entityId, chain)).rejects.toEqual(notOurs);
  });

  it('takes no step of a chain that does not own it', async () => {
    const entityId = await seedCaptured({ api: opened, tenantId });
    await claim(entityId, 'owner');
    const step = (chain: string) =>
      applyStep(opened.database, {
        tenantId,
        entityType: 'payment',
        entityId,
        chain,
        step: 'notify',
        from: paymentStates,
        at: new Date().toISOString(),
        by: byWorkflow,
        event: { type: 'payment.notified' },
      });
    await expect(step('ghost')).rejects.toEqual(notOurs);
    expect((await step('owner')).applied).toBe(true);
    await expect(step('ghost')).rejects.toEqual(notOurs);
    expect((await step('owner')).applied).toBe(false);
  });
});
