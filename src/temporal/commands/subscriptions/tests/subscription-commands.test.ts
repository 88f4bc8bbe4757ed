import type { Client } from '@temporalio/client';
import { commandStep } from '../../../../contracts/commands';
import { newId } from '../../../../domain/ids';
import { applyStep } from '../../../../services/apply-step';
import { afterFirstRead } from '../../../../testing/faults/after-first-read';
import { seedSubscription } from '../../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../../testing/test-api';
import { createSubscriptionCommands } from '../subscription-commands';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => api.stop());

it.each(['subscriptions', 'events'] as const)(
  'a plan change recorded between two reads of its repeat is recognised (after that at %s)',
  async (model) => {
    const { database } = api;
    const { tenantId } = await api.newTenant();
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const [commandId, at, by] = [
      newId('event'),
      '2026-11-22T09:00:00.000Z',
      { kind: 'api_key', id: 'key_test' } as const,
    ];
    const record = () =>
      applyStep(database, {
        tenantId,
        entityType: 'subscription',
        entityId: subscriptionId,
        step: commandStep(commandId),
        from: ['active'],
        at,
        by,
        set: { 'item.quantity': 2 },
        event: { type: 'subscription.plan_changed' },
      });
    const client = {
      withDeadline: () => Promise.reject(new Error('A recorded outcome needs no workflow')),
    } as unknown as Client;
    const send = createSubscriptionCommands({ client, database, starter: {} as never });

    afterFirstRead(database.models[model] as typeof database.models.events, record);
    const repeated = send({
      tenantId,
      subscriptionId,
      command: 'changePlan',
      commandId,
      by,
      terms: { planId, quantity: 2, when: 'now' },
    });
    await expect(repeated).resolves.toEqual({ state: 'active', at });
  },
);
