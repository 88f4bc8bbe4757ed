import { randomUUID } from 'node:crypto';
import { commandStep } from '../../../contracts/commands';
import { newId } from '../../../domain/ids';
import { DomainError } from '../../../domain/domain-error';
import { applyStep } from '../../../services/apply-step';
import { expectContract } from '../../../testing/expect-contract';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import {
  createSubscriptionCommands,
  type SendSubscriptionCommandInput,
} from '../../../temporal/commands/subscriptions/subscription-commands';

const monthly = { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' };

let api: TestApi;
let key: string;
let tenantId: string;
let sent: SendSubscriptionCommandInput[] = [];
let answerCommand: () => Promise<{ state: 'active'; at: string }>;

beforeAll(async () => {
  api = await startTestApi({
    sendSubscriptionCommand: (input) => {
      sent.push(input);
      return answerCommand();
    },
  });
});
beforeEach(async () => {
  sent = [];
  answerCommand = async () => ({ state: 'active', at: '2026-11-21T09:00:00.000Z' });
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (
  path: string,
  content?: object,
  { idempotencyKey = randomUUID(), as = key }: { idempotencyKey?: string; as?: string } = {},
) => {
  const call = api.call('post', path, as).set('Idempotency-Key', idempotencyKey);
  return expectContract(await (content === undefined ? call : call.send(content)));
};
const refusal = async (path: string, content?: object) => {
  const {
    status,
    body: { code, errors },
  } = await post(path, content);
  return [status, code, errors?.[0]?.pointer];
};
/** Returns the instant this many calendar years and milliseconds from now. */
const inYears = (years: number, ms = 0): string => {
  const at = new Date(Date.now() + ms);
  at.setUTCFullYear(at.getUTCFullYear() + years);
  return at.toISOString();
};

describe('commands', () => {
  it('send their terms to the process, and have one response per key', async () => {
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const path = `/subscriptions/${subscriptionId}`;
    const idempotencyKey = randomUUID();
    const first = await post(`${path}/change-plan`, { planId, quantity: 2, when: 'now' }, { idempotencyKey });
    expect([first.status, first.headers['content-location'], first.body]).toEqual([
      200,
      `/api/v1${path}`,
      { id: subscriptionId, state: 'active', at: '2026-11-21T09:00:00.000Z', pendingChange: null },
    ]);
    expect(
      (await post(`${path}/change-plan`, { planId, quantity: 2, when: 'now' }, { idempotencyKey })).headers[
        'idempotent-replayed'
      ],
    ).toBe('true');
    await post(`${path}/pause`);
    await post(`${path}/pause`, { resumeAt: '2027-01-01T01:00:00+01:00' });
    await post(`${path}/resume`);
    await post(`${path}/cancel`, { when: 'period_end' });
    await post(`${path}/cancel`, { when: 'now', refund: 'prorated' });
    await post(`${path}/undo`);
    expect(sent.map(({ command, terms }) => [command, terms])).toEqual([
      ['changePlan', { planId, quantity: 2, when: 'now' }],
      ['pauseSubscription', {}],
      ['pauseSubscription', { resumeAt: '2027-01-01T00:00:00.000Z' }],
      ['resumeSubscription', {}],
      ['cancelSubscription', { when: 'period_end', refund: 'none' }],
      ['cancelSubscription', { when: 'now', refund: 'prorated' }],
      ['undoSubscriptionChange', {}],
    ]);
    expect(sent[0]).toMatchObject({ tenantId, subscriptionId, by: { kind: 'api_key' } });
  });

  it('change-plan returns the change that it ordered, and sends the instant of a preview', async () => {
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const [invoiceId, orderedAt, until] = [newId('invoice'), '2026-11-21T09:00:00.000Z', '2026-11-22T08:00:00.000Z'];
    answerCommand = async () => {
      const data = { planId, quantity: 2, invoiceId, orderedAt, until };
      await applyStep(api.database, {
        tenantId,
        entityType: 'subscription',
        entityId: subscriptionId,
        step: commandStep(sent.at(-1)!.commandId),
        from: ['active'],
        at: orderedAt,
        by: { kind: 'api_key', id: 'key_test' },
        event: { type: 'subscription.change_ordered', data },
        set: {
          pendingChange: { invoiceId, item: {}, orderedAt: new Date(), until: new Date(), actionUrl: 'https://b' },
        },
      });
      return { state: 'active', at: orderedAt };
    };
    const at = '2026-11-21T10:00:00+01:00';
    const { body } = await post(`/subscriptions/${subscriptionId}/change-plan`, {
      planId,
      quantity: 2,
      when: 'now',
      at,
    });
    expect(body.pendingChange).toEqual({
      planId,
      quantity: 2,
      invoiceId,
      orderedAt,
      until,
      nextAction: { url: 'https://b' },
    });
    expect(sent[0]!.terms).toEqual({ planId, quantity: 2, when: 'now', previewedAt: orderedAt });
  });

  it('for an amount too large to be exact are rejected with a pointer to the quantity', async () => {
    const send = createSubscriptionCommands({ client: null as never, starter: null as never, database: api.database });
    answerCommand = () => send(sent.at(-1)!) as ReturnType<typeof answerCommand>;
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    const dear = (await post('/plans', { ...monthly, amount: { amountMinor: 9_007_199_254_740_991, currency: 'EUR' } }))
      .body.id;
    const refused = await post(`/subscriptions/${subscriptionId}/change-plan`, {
      planId: dear,
      quantity: 2,
      when: 'now',
    });
    expect([refused.status, refused.body.code, refused.body.errors[0].pointer, refused.body.detail]).toEqual([
      422,
      'AMOUNT_TOO_LARGE',
      '/quantity',
      expect.stringContaining('Send 1 at most.'),
    ]);
  });

  it("end a pause at most ten years ahead, in the tenant's time", async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    const path = `/subscriptions/${subscriptionId}/pause`;
    const late = await post(path, { resumeAt: inYears(10, 60_000) });
    expect([late.status, late.body.code, late.body.errors]).toEqual([
      422,
      'INSTANT_TOO_LATE',
      [
        {
          pointer: '/resumeAt',
          rule: 'instant_too_late',
          detail: expect.stringMatching(/^resumeAt .* is more than 10 years ahead: send an instant up to 20/),
        },
      ],
    ]);
    expect(sent).toEqual([]);
    expect((await post(path, { resumeAt: inYears(10, -60_000) })).status).toBe(200);
    await api.database.models.sandboxClocks.insertMany([
      { _id: tenantId, tenantId, offsetMs: 30 * 86_400_000, advancing: null, updatedAt: new Date() },
    ]);
    expect((await post(path, { resumeAt: inYears(10, 29 * 86_400_000) })).status).toBe(200);
  });

  it('do not send the payment method to the process', async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    expect((await post(`/subscriptions/${subscriptionId}/payment-method`, { paymentMethod: 'pm_secret' })).status).toBe(
      200,
    );
    expect(JSON.stringify(sent)).not.toContain('pm_secret');
    expect(await api.database.models.commandPayloads.findById(sent[0]!.commandId).lean()).toMatchObject({
      tenantId,
      entityId: subscriptionId,
      payload: { paymentMethod: 'pm_secret' },
    });
  });

  it.each([
    ['INVOICE_OPEN', 409, undefined],
    ['SUBSCRIPTION_CANCELLED', 409, undefined],
    ['PREVIEW_OUTDATED', 409, undefined],
    ['SUBSCRIPTION_RESUMING', 409, undefined],
    ['RESUME_IN_PAST', 422, '/resumeAt'],
    ['OUTCOME_PENDING', 503, undefined],
  ])("return the reason of the process's rejection: %s", async (code, status, pointer) => {
    answerCommand = async () => {
      throw new DomainError(code, 'Because');
    };
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    expect(await refusal(`/subscriptions/${subscriptionId}/pause`, { resumeAt: '2020-01-01T00:00:00Z' })).toEqual([
      status,
      code,
      pointer,
    ]);
  });
});
