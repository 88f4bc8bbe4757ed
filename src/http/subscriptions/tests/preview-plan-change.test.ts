import { randomUUID } from 'node:crypto';
import { newId } from '../../../domain/ids';
import { moneyOf } from '../../../domain/money';
import { billingStandingOf, changePlan } from '../../../domain/subscriptions/plan-change';
import { expectContract } from '../../../testing/expect-contract';
import { findPaidFunds } from '../../../services/subscriptions/paid-funds';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const monthly = { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' };

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, content: object) =>
  expectContract(await api.call('post', path, key).set('Idempotency-Key', randomUUID()).send(content));
const refusal = async (path: string, content: object) => {
  const {
    status,
    body: { code, errors },
  } = await post(path, content);
  return [status, code, errors?.[0]?.pointer];
};
const counts = async () =>
  Promise.all(Object.values(api.database.models).map((model) => model.collection.countDocuments()));

describe('the preview of a change', () => {
  it.each([
    ['now', { quantity: 3 }],
    ['period_end', { quantity: 3 }],
    [
      'now',
      { plan: { ...monthly, name: 'Yearly', amount: { amountMinor: 29_000, currency: 'EUR' }, interval: 'year' } },
    ],
  ] as const)('is the invoice that the change makes, %s, %j', async (when, change) => {
    const { subscriptionId, planId } = await seedSubscription({
      api,
      tenantId,
      at: new Date(Date.now() - 10 * 86_400_000).toISOString(),
    });
    const nextId: string = 'plan' in change ? (await post('/plans', change.plan)).body.id : planId;
    const quantity = 'quantity' in change ? change.quantity : 1;
    const before = await counts();
    const answer = expectContract(
      await api
        .call('post', `/subscriptions/${subscriptionId}/change-plan/preview`, key)
        .send({ planId: nextId, quantity, when }),
    );
    expect(await counts()).toEqual(before);

    const subscription = await api.database.models.subscriptions.findById(subscriptionId).lean().orFail();
    const { name, amount, interval, intervalCount, trialDays } = await api.database.models.plans
      .findById(nextId)
      .lean()
      .orFail();
    const next = { planId: nextId, plan: { name, amount, interval, intervalCount, trialDays }, quantity };
    const { nextPeriodAt } = subscription;
    const standing = billingStandingOf(subscription);
    const { paid } = await findPaidFunds({ database: api.database, subscription });
    const { draft, period: after } = changePlan({ when, at: answer.body.at, standing, next, paid });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      at: expect.any(String),
      effectiveAt: when === 'now' ? expect.any(String) : nextPeriodAt.toISOString(),
      ...draft,
      period: { startAt: after!.startAt, endAt: after!.endAt },
    });
    expect(answer.body.total.amountMinor).toBeGreaterThan(0);
  });

  it('credits no unused time whose payment was refunded', async () => {
    const at = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const { subscriptionId, planId, invoiceId } = await seedSubscription({ api, tenantId, at });
    const { attempts } = await api.database.models.invoices.findById(invoiceId).lean().orFail();
    await api.database.models.payments.updateOne(
      { _id: attempts[0]!.paymentId },
      { $set: { state: 'refunded', refundedMinor: 2900 } },
    );
    const { body } = await api
      .call('post', `/subscriptions/${subscriptionId}/change-plan/preview`, key)
      .send({ planId, quantity: 3, when: 'now' });
    expect(body.lines[0]).toMatchObject({ kind: 'unused', amount: { amountMinor: 0 } });
    expect(body.total).toEqual({ amountMinor: body.lines[1].amount.amountMinor, currency: 'EUR' });
    expect(body.total.amountMinor).toBeGreaterThan(2900);
  });

  it('takes effect no earlier than the last event of the subscription', async () => {
    const ahead = new Date(Date.now() + 86_400_000);
    const { subscriptionId, planId } = await seedSubscription({
      api,
      tenantId,
      at: new Date(Date.now() - 10 * 86_400_000).toISOString(),
      as: { updatedAt: ahead },
    });
    const { body } = await api
      .call('post', `/subscriptions/${subscriptionId}/change-plan/preview`, key)
      .send({ planId, quantity: 2, when: 'now' });
    expect(body.effectiveAt).toBe(ahead.toISOString());
  });

  it('is rejected when the change would be rejected', async () => {
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const path = `/subscriptions/${subscriptionId}/change-plan/preview`;
    expect(await refusal(path, { planId, when: 'now' })).toEqual([422, 'NOTHING_TO_CHANGE', '/planId']);
    expect(await refusal(path, { planId: newId('plan'), when: 'now' })).toEqual([422, 'PLAN_UNKNOWN', '/planId']);
    await api.database.models.subscriptions.updateOne(
      { _id: subscriptionId },
      { $set: { waiting: { what: 'cancel' } } },
    );
    expect(await refusal(path, { planId, quantity: 2, when: 'now' })).toEqual([409, 'CHANGE_WAITING', undefined]);
  });

  it('while a change is pending has the credit that returns when that change falls', async () => {
    const { subscriptionId, planId, invoiceId } = await seedSubscription({
      api,
      tenantId,
      at: new Date(Date.now() - 10 * 86_400_000).toISOString(),
    });
    await api.database.models.invoices.updateOne(
      { _id: invoiceId },
      { $set: { creditApplied: moneyOf(700, 'EUR'), subtotal: moneyOf(2900, 'EUR') } },
    );
    await api.database.models.subscriptions.updateOne(
      { _id: subscriptionId },
      { $set: { pendingChange: { invoiceId } } },
    );
    const { body } = await post(`/subscriptions/${subscriptionId}/change-plan/preview`, {
      planId,
      quantity: 2,
      when: 'now',
    });
    expect(body.creditApplied.amountMinor).toBe(700);
  });
});
