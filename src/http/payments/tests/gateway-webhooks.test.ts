import { createHmac } from 'node:crypto';
import { verifySandboxWebhook } from '../../../clients/gateways/sandbox-webhook';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { seedCaptured, seedPayment } from '../../../testing/worlds/seed-payment';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import type { ReadGatewayWebhook } from '../gateway-webhooks';

const SECRET = `whsec_${Buffer.from('the secret of these tests, 32 bytes').toString('base64')}`;

/** Reads webhooks in the same way as the api process does. */
const readWebhook: ReadGatewayWebhook = (input) => {
  try {
    return verifySandboxWebhook({ ...input, secret: SECRET });
  } catch (error) {
    throw new DomainError('WEBHOOK_SIGNATURE_INVALID', (error as Error).message);
  }
};

let api: TestApi;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi({ gatewayWebhooks: { sandbox: readWebhook, stripe: null } });
  ({ tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

describe("a gateway's webhooks", () => {
  const webhook = (event: {
    id?: string;
    idempotencyKey: string;
    account?: string;
    at?: number;
    secret?: string;
    raw?: string;
  }) => {
    const { id = newId('event'), idempotencyKey, account = tenantId, at = Date.now(), secret = SECRET } = event;
    const raw =
      event.raw ??
      JSON.stringify({
        type: 'authorisation.authorised',
        timestamp: new Date().toISOString(),
        data: { account, idempotencyKey, authorisationId: 'auth_1' },
      });
    const seconds = String(Math.floor(at / 1000));
    const signature = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(`${id}.${seconds}.${raw}`)
      .digest('base64');
    return api
      .call('post', '/webhooks/sandbox-gateway')
      .set({
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': seconds,
        'webhook-signature': `v1,${signature}`,
      })
      .send(raw)
      .then(expectContract);
  };
  const signalsTo = async (entityId: string) =>
    (await api.database.models.outbox.find({ entityId, signal: { $ne: null } }).lean()).map(
      ({ signal }) => `${signal?.name} ${signal?.workflowId}`,
    );

  it('notify the waiting process once, however often and late they arrive', async () => {
    const paymentId = await seedCaptured({ api, tenantId, state: 'unknown' });
    const id = newId('event');
    const idempotencyKey = `${paymentId}:authorise:1`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => webhook({ id, idempotencyKey })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await webhook({ id, idempotencyKey, at: Date.now() - 200_000 })).status).toBe(200);
    expect(await signalsTo(paymentId)).toEqual([`gatewayReported processPayment/${paymentId}`]);
    expect(api.started.filter(({ entityId, signal }) => entityId === paymentId && signal)).toHaveLength(1);
    expect(await api.database.models.gatewayEvents.countDocuments({ tenantId, idempotencyKey })).toBe(1);
  });

  it('of a refund notify its own process; without a waiting process they are only stored', async () => {
    const { paymentId, refundId } = await seedPayment({ api, tenantId });
    expect((await webhook({ idempotencyKey: `${refundId}:refund:1` })).status).toBe(200);
    expect(await signalsTo(refundId)).toEqual([`gatewayReported refundPayment/${refundId}`]);
    for (const idempotencyKey of [`${paymentId}:capture:1`, `${newId('payment')}:capture:1`, 'nonsense'])
      expect((await webhook({ idempotencyKey })).status).toBe(200);
    expect(await signalsTo(paymentId)).toEqual([]);
    expect(
      await api.database.models.gatewayEvents.countDocuments({ tenantId, idempotencyKey: `${paymentId}:capture:1` }),
    ).toBe(1);
  });

  it('are rejected when forged, altered or too old', async () => {
    const idempotencyKey = `${await seedCaptured({ api, tenantId, state: 'unknown' })}:authorise:1`;
    const before = await api.database.models.gatewayEvents.countDocuments();
    const forged = [
      await webhook({
        idempotencyKey,
        secret: `whsec_${Buffer.from('another secret, also of 32 bytes').toString('base64')}`,
      }),
      await webhook({ idempotencyKey, at: Date.now() - 301_000 }),
      await webhook({ idempotencyKey, at: Date.now() + 302_000 }),
      expectContract(await api.call('post', '/webhooks/sandbox-gateway').send({ type: 'x' })),
      expectContract(await api.call('post', '/webhooks/sandbox-gateway')),
    ];
    for (const {
      status,
      body: { code },
    } of forged)
      expect([status, code]).toEqual([400, 'WEBHOOK_SIGNATURE_INVALID']);
    expect(await api.database.models.gatewayEvents.countDocuments()).toBe(before);
  });

  it('never affect live tenants, have a size limit, and are 404 without the gateway', async () => {
    const live = await api.newTenant({ mode: 'live' });
    expect((await webhook({ idempotencyKey: 'pay_x:authorise:1', account: live.tenantId })).status).toBe(200);
    expect(await api.database.models.gatewayEvents.countDocuments({ tenantId: live.tenantId })).toBe(0);
    expect((await webhook({ idempotencyKey: 'x', raw: 'x'.repeat(600_000) })).status).toBe(413);
    expect(expectContract(await api.call('post', '/webhooks/stripe').send({})).status).toBe(404);
  });
});
