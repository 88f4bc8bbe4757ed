import { setTimeout } from 'node:timers/promises';
import { gatewayReported, processPaymentId } from '../../src/contracts/payments/payment';
import { openDatabase, type Database } from '../../src/models/database';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { waitFor } from '../../src/testing/wait-for';
import { commandUntilAnswered } from '../../src/testing/worlds/onboard';

interface View {
  id: string;
  state: string;
  nextAction: { url: string } | null;
}

const CUSTOMERS = 3;

let platform: Platform;
let app: PartnerApp;
let database: Database;

beforeAll(async () => {
  platform = await startPlatform({ name: 'webhook-inbox', sandbox: true });
  ({ app } = await enrolPartner(platform));
  database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
});
afterAll(async () => {
  await database?.close();
  await platform?.stop();
});

const until = (id: string, state: string): Promise<View> =>
  waitFor(
    async () => {
      const { body } = await app.get<View>(`/payments/${id}`);
      return body.state === state && body;
    },
    { what: `${id} to be ${state}` },
  );

it('webhooks received while Temporal is away are kept once and reach their processes later', async () => {
  const payments = await Promise.all(
    Array.from({ length: CUSTOMERS }, async () => {
      const request = { amount: { amountMinor: 5000, currency: 'EUR' }, paymentMethod: 'pm_requires_action' };
      return until(String((await commandUntilAnswered(app, '/payments', request)).body.id), 'requires_action');
    }),
  );
  const ids = payments.map(({ id }) => id);
  // Each process looks up its payment ever more rarely: after twenty minutes the next look-up is minutes away, so an
  // earlier change comes from the webhook.
  const { body: operation } = await commandUntilAnswered(app, '/sandbox/clock/advance', { by: 'PT20M' });
  await waitFor(async () => (await app.get(`/operations/${String(operation.id)}`)).body.state === 'completed', {
    what: 'twenty minutes to pass',
    everyMs: 200,
  });
  const wakeUps = () =>
    database.models.outbox.find({ entityId: { $in: ids }, 'signal.name': gatewayReported.name }).lean();
  // Webhooks about the authorisations themselves, perhaps late or duplicated, do not count.
  const old = new Set((await wakeUps()).map(({ _id }) => _id));
  await platform.servers.temporal.stop();
  for (const { nextAction } of payments) {
    const confirmed = await fetch(nextAction!.url, {
      method: 'POST',
      body: new URLSearchParams({ decision: 'approve' }),
      redirect: 'manual',
    });
    expect(confirmed.status).toBe(303);
  }

  const rows = async () => (await wakeUps()).filter(({ _id }) => !old.has(_id));
  await waitFor(async () => new Set((await rows()).map(({ entityId }) => entityId)).size === CUSTOMERS, {
    what: 'the webhooks to be stored',
  });
  await platform.apis[0]!.kill();
  // The gateway sends some webhooks late or twice; those not delivered by now fail.
  await setTimeout(3000);
  const kept = await rows();
  expect(kept.every(({ open, pending }) => open === true && pending.includes('temporal'))).toBe(true);
  const events = await database.models.gatewayEvents.find({ outboxRowId: { $in: kept.map(({ _id }) => _id) } }).lean();
  expect(events).toHaveLength(kept.length);

  // Only the worker is left to send the signals.
  await platform.servers.temporal.start();
  await waitFor(async () => (await rows()).every(({ open }) => open !== true), {
    what: 'the signals to be sent',
  });
  await waitFor(
    async () => (await database.models.payments.countDocuments({ _id: { $in: ids }, state: 'captured' })) === CUSTOMERS,
    { what: 'the payments to be captured' },
  );
  expect(new Set((await rows()).map(({ _id }) => _id))).toEqual(new Set(kept.map(({ _id }) => _id)));

  const client = connectTemporal({
    address: platform.servers.temporal.address,
    namespace: 'default',
    tls: false,
    apiKey: undefined,
  });
  const signalCounts = await Promise.all(
    ids.map(async (id) => {
      const { events: history = [] } = await client.workflow.getHandle(processPaymentId(id)).fetchHistory();
      return history!.filter(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === gatewayReported.name,
      ).length;
    }),
  );
  await client.connection.close();
  for (const count of signalCounts) expect(count).toBeGreaterThanOrEqual(1);

  await platform.apis[0]!.start();
  for (const id of ids) expect((await until(id, 'captured')).state).toBe('captured');
});
