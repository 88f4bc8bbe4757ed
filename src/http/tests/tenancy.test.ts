import { randomUUID } from 'node:crypto';
import { readContractText } from '../../assets';
import { newId } from '../../domain/ids';
import type { Scope } from '../../domain/tenant';
import { scopes } from '../../domain/tenant';
import { expectContract } from '../../testing/expect-contract';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { seedSubscription } from '../../testing/worlds/seed-subscription';
import { OPERATOR_KEY, PATIENT_MS, startTestApi, type TestApi } from '../../testing/test-api';
import { newApiKey } from '../pipeline/authenticate';
import { loadContract, type Operation } from '../pipeline/contract';

const { operations } = loadContract(readContractText());
const guarded = operations.filter((operation) => operation.scopes !== null);
const withId = guarded.filter(({ template }) => template.includes('{'));

const bodies: Partial<Record<Operation['id'], object>> = {
  createPartner: { name: 'Acme' },
  updatePartner: { name: 'Acme' },
  createApiKey: { mode: 'sandbox', scopes: ['read'] },
  updateUser: { name: 'Ada' },
  createOnboarding: { email: 'ada@example.com', name: 'Ada' },
  verifyEmail: { token: 'x' },
  submitProfile: { displayName: 'Ada' },
  rejectOnboarding: { reason: 'No' },
  createPayment: { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' },
  initializePayment: { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' },
  reviewPayment: { decision: 'approve' },
  advanceSandboxClock: { by: 'P1D' },
  createPlan: { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' },
  createSubscription: { customerId: 'cust-1', planId: newId('plan'), paymentMethod: 'pm_ok' },
  changePlan: { planId: newId('plan'), when: 'now' },
  previewPlanChange: { planId: newId('plan'), when: 'now' },
  cancelSubscription: { when: 'now' },
  updatePaymentMethod: { paymentMethod: 'pm_ok' },
};

/** Every operation of the contract, so that a new one is in here the day it is written. */
describe('tenancy', () => {
  let api: TestApi;
  let ids: Record<string, string>;
  let own: Awaited<ReturnType<TestApi['newTenant']>>;

  beforeAll(async () => {
    api = await startTestApi({ requestDeadlineMs: PATIENT_MS });
    own = await api.newTenant({ scopes: [...scopes] });
    const { body: onboarding } = await api
      .call('post', '/onboardings', own.key)
      .send({ email: 'grace@example.com', name: 'Grace' });
    const stuckId = newId('stuckItem');
    const now = new Date();
    await api.database.models.stuckItems.insertMany([
      {
        _id: stuckId,
        tenantId: own.tenantId,
        kind: 'workflow_missing',
        entityType: 'onboarding',
        entityId: onboarding.id,
        subject: 'userOnboarding/x',
        detail: 'No workflow runs',
        state: 'open',
        open: true,
        createdAt: now,
        updatedAt: now,
      },
    ]);
    const books = await seedPayment({ api, tenantId: own.tenantId });
    ids = {
      ...books,
      ...(await seedSubscription({ api, tenantId: own.tenantId })),
      onboardingId: onboarding.id,
      userId: onboarding.userId,
      partnerId: own.partnerId,
      keyId: own.keyId,
      stuckId,
    };
  });
  afterAll(() => api.stop());

  const ask = async (
    { id, method, template }: Operation,
    key: string | undefined,
    params: Record<string, string> = ids,
  ) => {
    const path = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'unset');
    const test = api.call(method, path, key);
    return expectContract(await (bodies[id] ? test.send(bodies[id]) : test));
  };
  const scopesOf = (operation: Operation): Scope[] => operation.scopes ?? [];

  it.each(guarded)('$id needs a key', async (operation) => {
    const answer = await ask(operation, undefined);
    expect([answer.status, answer.body.code, answer.headers['www-authenticate']]).toEqual([
      401,
      'UNAUTHENTICATED',
      expect.stringContaining('Bearer'),
    ]);
  });

  it.each(guarded)('$id refuses keys that are unknown, malformed or revoked', async (operation) => {
    const revoked = await api.newTenant({ scopes: [...scopes] });
    await api.database.models.apiKeys.updateOne({ _id: revoked.keyId }, { $set: { revokedAt: new Date() } });
    for (const key of [revoked.key, newApiKey('live'), 'nonsense', `${OPERATOR_KEY}x`])
      expect((await ask(operation, key)).status).toBe(401);
  });

  it.each(guarded)('$id refuses keys without its scope, and names it', async (operation) => {
    for (const scope of scopes.filter((each) => !scopesOf(operation).includes(each))) {
      const { key } = await api.newTenant({ scopes: [scope], partnerId: own.partnerId });
      const answer = await ask(operation, key);
      expect([answer.status, answer.body.code]).toEqual([403, 'FORBIDDEN']);
      expect(answer.body.detail).toContain(
        operation.platformOnly ? "the platform operator's key" : 'This needs a key with the scope',
      );
      expect(answer.body.detail).toContain(scopesOf(operation).join(' or '));
    }
  });

  it.each(guarded.filter(({ platformOnly }) => platformOnly))(
    "$id is closed to a partner's operator key",
    async (operation) => {
      const { key } = await api.newTenant({ scopes: [...scopes] });
      expect((await ask(operation, key)).status).toBe(403);
    },
  );

  it.each(withId.filter(({ platformOnly }) => !platformOnly))(
    "$id answers another tenant's id like an unknown one",
    async (operation) => {
      const unknown = {
        onboardingId: newId('onboarding'),
        userId: newId('user'),
        stuckId: newId('stuckItem'),
        paymentId: newId('payment'),
        refundId: newId('refund'),
        compensationId: newId('compensation'),
        operationId: newId('operation'),
        planId: newId('plan'),
        subscriptionId: newId('subscription'),
        invoiceId: newId('invoice'),
      };
      const malformed = {
        onboardingId: 'x',
        userId: '$ne',
        stuckId: '..',
        paymentId: 'x',
        refundId: '$ne',
        compensationId: 'x',
        operationId: 'pay_x',
        planId: '$ne',
        subscriptionId: 'x',
        invoiceId: '..',
      };
      const commandsSent = () => api.commands.length + api.paymentCommands.length + api.subscriptionCommands.length;
      const commandsBefore = commandsSent();
      for (const stranger of [
        await api.newTenant({ scopes: [...scopes] }),
        await api.newTenant({ scopes: [...scopes], mode: 'live', partnerId: own.partnerId }),
      ]) {
        const [foreign, missing, odd] = [
          await ask(operation, stranger.key),
          await ask(operation, stranger.key, unknown),
          await ask(operation, stranger.key, malformed),
        ];
        expect(foreign.status).toBe(404);
        const { correlationId: _one, ...foreignBody } = foreign.body;
        for (const other of [missing, odd]) {
          const { correlationId: _other, ...otherBody } = other.body;
          expect(otherBody).toEqual(foreignBody);
        }
      }
      expect(commandsSent()).toBe(commandsBefore);
    },
  );

  it.each(
    guarded.filter(({ id, template }) => id.startsWith('list') && !template.includes('{') && id !== 'listPartners'),
  )('$id shows a stranger nothing', async (operation) => {
    const stranger = await api.newTenant({ scopes: [...scopes] });
    expect((await ask(operation, stranger.key)).body).toEqual({ items: [], next: null });
    expect((await ask(operation, own.key)).body.items).toHaveLength(1);
  });

  it('shows the operator every stuck item, and lets nobody else of a tenant at them', async () => {
    expect((await api.call('get', '/operations/stuck', OPERATOR_KEY)).body.items).toHaveLength(1);
    expect((await api.call('post', `/operations/stuck/${ids.stuckId}/restart`, OPERATOR_KEY)).body.state).toBe(
      'restarted',
    );
  });

  it('holds a revoked key out within 5 seconds, a known one too', async () => {
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

  it('says who is calling', async () => {
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

  it('echoes the correlation id, and keeps it with what was accepted', async () => {
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
