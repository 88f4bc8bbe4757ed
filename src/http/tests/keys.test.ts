import { randomUUID } from 'node:crypto';
import { newId } from '../../domain/ids';
import { scopes } from '../../domain/tenant';
import { expectContract } from '../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../testing/test-api';

describe('a key', () => {
  let api: TestApi;
  let own: Awaited<ReturnType<TestApi['newTenant']>>;

  beforeAll(async () => {
    api = await startTestApi();
    own = await api.newTenant({ scopes: [...scopes] });
  });
  afterAll(() => api.stop());

  it('is rejected within 5 seconds of its revocation, even when it was cached', async () => {
    const { key, keyId, partnerId } = await api.newTenant();
    expect((await api.call('get', '/me', key)).status).toBe(200);
    const revoke = () =>
      api.call('delete', `/partners/${partnerId}/api-keys/${keyId}`, OPERATOR_KEY).then(expectContract);
    expect((await revoke()).status).toBe(204);
    expect((await revoke()).status).toBe(204);
    const until = Date.now() + 4500;
    let status = 200;
    while (status === 200 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      ({ status } = await api.call('get', '/me', key));
    }
    expect(status).toBe(401);
  });

  it('of the platform operator shows and restarts the stuck items of every tenant', async () => {
    const stuckId = newId('stuckItem');
    const now = new Date();
    await api.database.models.stuckItems.insertMany([
      {
        _id: stuckId,
        tenantId: own.tenantId,
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
    expect((await api.call('get', '/operations/stuck', OPERATOR_KEY)).body.items).toHaveLength(1);
    const restarted = await api.call('post', `/operations/stuck/${stuckId}/restart`, OPERATOR_KEY);
    expect(restarted.body.state).toBe('restarted');
  });

  it('identifies its caller at /me', async () => {
    expect(expectContract(await api.call('get', '/me', own.key)).body).toMatchObject({
      tenantId: own.tenantId,
      mode: 'sandbox',
      partner: { id: own.partnerId },
    });
    expect(expectContract(await api.call('get', '/me', OPERATOR_KEY)).body).toMatchObject({
      tenantId: null,
      mode: null,
      partner: null,
      scopes: ['operator'],
    });
  });

  it('gets its correlation id back, in the header and in the accepted resource', async () => {
    const correlationId = randomUUID();
    const answer = await api
      .call('post', '/onboardings', own.key)
      .set('X-Correlation-Id', correlationId)
      .send({ email: 'corr@example.com', name: 'C' });
    expect(answer.headers['x-correlation-id']).toBe(correlationId);
    expect(answer.body.correlationId).toBe(correlationId);
    const refused = await api.call('get', '/me', own.key).set('X-Correlation-Id', 'with space');
    expect(refused.body).toMatchObject({
      status: 400,
      code: 'INVALID_PARAMETER',
      errors: [{ parameter: 'X-Correlation-Id' }],
    });
  });
});
