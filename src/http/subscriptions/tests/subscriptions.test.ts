import { randomUUID } from 'node:crypto';
import { newId } from '../../../domain/ids';
import type { EventType } from '../../../contracts/events';
import { insertDocuments } from '../../../services/insert-documents';
import type { UserStatus } from '../../../domain/users/user';
import { people } from '../../../testing/queue-test-bed';
import { expectContract } from '../../../testing/expect-contract';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const monthly = { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' };

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi({
    hasGateway: (id) => id.endsWith(':sandbox'),
  });
});
beforeEach(async () => {
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
const get = async (path: string, as = key) => expectContract(await api.call('get', path, as));
const refusal = async (path: string, content?: object) => {
  const {
    status,
    body: { code, errors },
  } = await post(path, content);
  return [status, code, errors?.[0]?.pointer];
};
const counts = async () =>
  Promise.all(Object.values(api.database.models).map((model) => model.collection.countDocuments()));

/** Returns the instant this many calendar years and milliseconds from now. */
const inYears = (years: number, ms = 0): string => {
  const at = new Date(Date.now() + ms);
  at.setUTCFullYear(at.getUTCFullYear() + years);
  return at.toISOString();
};

describe('plans', () => {
  it('are created once per key, read and listed, and never change', async () => {
    const idempotencyKey = randomUUID();
    const made = await post('/plans', { ...monthly, name: '  Pro ' }, { idempotencyKey });
    expect([made.status, made.headers.location, made.headers.etag]).toEqual([
      201,
      `/api/v1/plans/${made.body.id}`,
      '"1"',
    ]);
    expect(made.body).toMatchObject({ name: 'Pro', state: 'active', intervalCount: 1, trialDays: 0, waitingFor: null });
    const again = await post('/plans', { ...monthly, name: '  Pro ' }, { idempotencyKey });
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', made.body]);
    const other = await post('/plans', { ...monthly, interval: 'year', trialDays: 14 });
    expect((await get(`/plans/${made.body.id}`)).body).toEqual(made.body);
    expect((await get('/plans')).body.items).toEqual([other.body, made.body]);
    expect((await api.call('patch', `/plans/${made.body.id}`, key).send({ name: 'x' })).status).toBe(405);
    expect((await api.call('get', `/plans/${made.body.id}`, key).set('If-None-Match', '"1"')).status).toBe(304);
  });

  it.each([
    ['a period beyond three years', { interval: 'month', intervalCount: 37 }, 'INTEGER_OUT_OF_RANGE', '/intervalCount'],
    ['an interval nobody knows', { interval: 'fortnight' }, 'INVALID_REQUEST', '/interval'],
    ['a trial without end', { trialDays: 731 }, 'INVALID_REQUEST', '/trialDays'],
    ['nothing to pay', { amount: { amountMinor: 0, currency: 'EUR' } }, 'INVALID_REQUEST', '/amount/amountMinor'],
    ['no currency', { amount: { amountMinor: 100, currency: 'XAU' } }, 'INVALID_REQUEST', '/amount/currency'],
  ])('with %s are rejected, and nothing is stored', async (_what, change, code, pointer) => {
    const { plans } = api.database.models;
    const before = await plans.countDocuments();
    expect(await refusal('/plans', { ...monthly, ...change })).toEqual([422, code, pointer]);
    expect(await plans.countDocuments()).toBe(before);
  });
});

describe('subscribing', () => {
  const newPlan = async (terms: object = {}): Promise<string> =>
    (await post('/plans', { ...monthly, ...terms })).body.id;

  it('is accepted with all data of its process; the same key returns the same subscription', async () => {
    const idempotencyKey = randomUUID();
    const body = {
      customerId: 'cust-1',
      planId: await newPlan({ trialDays: 14 }),
      paymentMethod: 'pm_ok',
      quantity: 3,
      metadata: { a: 'b' },
    };
    const first = await post('/subscriptions', body, { idempotencyKey });
    const { id } = first.body;
    expect([first.status, first.headers.location, first.headers.etag]).toEqual([
      202,
      `/api/v1/subscriptions/${id}`,
      '"1"',
    ]);
    expect(first.body).toMatchObject({
      state: 'accepted',
      amount: { amountMinor: 8700, currency: 'EUR' },
      quantity: 3,
      userId: null,
      period: null,
      waitingFor: { what: 'its start', until: first.body.startAt },
    });
    // Fourteen calendar days later: an hour more or less when the clocks change meanwhile.
    expect(
      Math.abs(Date.parse(first.body.trialEndAt) - Date.parse(first.body.startAt) - 14 * 86_400_000),
    ).toBeLessThanOrEqual(3_600_000);
    const again = await post('/subscriptions', body, { idempotencyKey });
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([202, 'true', first.body]);
    const rows = await api.database.models.outbox.find({ entityId: id, start: { $ne: null } }).lean();
    expect(rows.map(({ start }) => [start?.workflowId, start?.taskQueue])).toEqual([
      [`subscription/${id}`, 'subscriptions'],
    ]);
    expect(api.started.filter(({ entityId }) => entityId === id)).toHaveLength(1);
    expect((await get(`/subscriptions/${id}/events`)).body.items).toEqual([
      expect.objectContaining({ type: 'subscription.accepted', summary: 'The subscription was accepted.' }),
    ]);
    expect((await get(`/subscriptions/${id}/invoices`)).body).toEqual({ items: [], next: null });
  });

  it('has a timeline with amounts and with the name that a plan had when it was chosen', async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    const { events } = api.database.models;
    const first = await events.findOne({ entityId: subscriptionId }).lean().orFail();
    const write = (type: EventType, version: number, data: object) =>
      insertDocuments({
        model: events,
        documents: [{ ...first, _id: newId('event'), type, version, step: `test/${version}`, data: { ...data } }],
      });
    await write('subscription.plan_changed', 2, { planId: newId('plan'), planName: 'Business', quantity: 3 });
    await write('subscription.cancelled', 3, { reason: 'requested', refundMinor: 300 });
    const { body } = await get(`/subscriptions/${subscriptionId}/events`);
    expect(body.items.slice(1).map(({ summary }: { summary: string }) => summary)).toEqual([
      'The plan is now Business × 3.',
      'The subscription was cancelled (requested); 3.00 EUR is being refunded.',
    ]);
  });

  it('waits for a state that a caller can act on', async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId });
    const answer = expectContract(
      await api.call('get', `/subscriptions/${subscriptionId}`, key).set('Prefer', 'wait=5'),
    );
    expect([answer.body.state, answer.headers['preference-applied']]).toEqual(['active', 'wait=5']);
    const begun = performance.now();
    const body = { customerId: 'cust-2', planId: await newPlan(), paymentMethod: 'pm_ok' };
    const waited = expectContract(await api.call('post', '/subscriptions', key).set('Prefer', 'wait=1').send(body));
    expect([waited.status, waited.body.state]).toEqual([202, 'accepted']);
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('with an invalid field is rejected with a pointer to it, and nothing is stored', async () => {
    const month = { customerId: 'cust-1', planId: await newPlan(), paymentMethod: 'pm_ok' };
    const day = { ...month, planId: await newPlan({ interval: 'day' }) };
    const dear = {
      ...month,
      planId: await newPlan({ amount: { amountMinor: 9_007_199_254_740_991, currency: 'EUR' } }),
      quantity: 2,
    };
    const { customerId: _none, ...nobody } = month;
    const foreign = await api.newTenant();
    const foreignPlan = (await post('/plans', monthly, { as: foreign.key })).body.id;
    const before = await api.database.models.subscriptions.countDocuments();
    const refused = [
      [nobody, 'SUBSCRIBER_INVALID', '/customerId'],
      [{ ...month, userId: newId('user') }, 'SUBSCRIBER_INVALID', '/customerId'],
      [{ ...nobody, userId: newId('user') }, 'USER_UNKNOWN', '/userId'],
      [{ ...month, planId: newId('plan') }, 'PLAN_UNKNOWN', '/planId'],
      [{ ...month, planId: foreignPlan }, 'PLAN_UNKNOWN', '/planId'],
      [{ ...month, startAt: '2020-01-01T00:00:00Z' }, 'START_IN_PAST', '/startAt'],
      [{ ...month, anchorDay: 32 }, 'INVALID_REQUEST', '/anchorDay'],
      [{ ...day, anchorDay: 5 }, 'ANCHOR_DAY_INVALID', '/anchorDay'],
      [{ ...month, startAt: inYears(10, 60_000) }, 'INSTANT_TOO_LATE', '/startAt'],
      [dear, 'AMOUNT_TOO_LARGE', '/quantity'],
    ] as const;
    for (const [body, code, pointer] of refused)
      expect([code, await refusal('/subscriptions', body)]).toEqual([code, [422, code, pointer]]);
    expect(await api.database.models.subscriptions.countDocuments()).toBe(before);
  });

  it('of a user needs one who is not suspended or cancelled; a pending one may subscribe', async () => {
    const planId = await newPlan();
    const subscribe = async (state: UserStatus) => {
      const { user } = people({ user: { tenantId, state } });
      await api.database.models.users.insertMany([user]);
      return post('/subscriptions', { userId: user._id, planId, paymentMethod: 'pm_ok' });
    };
    for (const state of ['suspended', 'cancelled'] as const) {
      const { status, body } = await subscribe(state);
      expect([state, status, body.code, body.errors[0].pointer]).toEqual([state, 409, 'USER_NOT_ACTIVE', '/userId']);
    }
    expect((await subscribe('pending')).status).toBe(202);
    expect((await subscribe('active')).status).toBe(202);
  });

  it('of a live tenant without a gateway is rejected, and nothing is stored', async () => {
    const live = await api.newTenant({ mode: 'live' });
    const planId = (await post('/plans', monthly, { as: live.key })).body.id;
    const before = await counts();
    const refused = await post('/subscriptions', { customerId: 'c', planId, paymentMethod: 'pm_ok' }, { as: live.key });
    expect([refused.status, refused.body.code]).toEqual([409, 'GATEWAY_NOT_CONFIGURED']);
    expect(await counts()).toEqual(before);
  });

  it('is listed newest first, by state, customer and plan, page by page', async () => {
    const planId = await newPlan();
    const ids: string[] = [];
    for (const customerId of ['c1', 'c1', 'c2'])
      ids.push((await post('/subscriptions', { customerId, planId, paymentMethod: 'pm_ok' })).body.id);
    const seeded = await seedSubscription({ api, tenantId, with: { customerId: 'c1' } });
    const list = async (query: string): Promise<string[]> =>
      (await get(`/subscriptions?${query}`)).body.items.map(({ id }: { id: string }) => id);
    // Written last, and dated on an earlier day.
    expect(await list('')).toEqual([...ids.toReversed(), seeded.subscriptionId]);
    expect(await list('customerId=c1')).toEqual([ids[1], ids[0], seeded.subscriptionId]);
    expect(await list(`planId=${planId}&customerId=c2`)).toEqual([ids[2]]);
    expect(await list('state=active')).toEqual([seeded.subscriptionId]);
    expect(await list(`userId=${newId('user')}`)).toEqual([]);
    const page = (await get('/subscriptions?limit=3')).body;
    expect((await get(`/subscriptions?limit=3&cursor=${page.next}`)).body).toMatchObject({
      items: [{ id: seeded.subscriptionId }],
      next: null,
    });
  });
});
