import { randomUUID } from 'node:crypto';
import { newId } from '../../../domain/ids';
import { DomainError } from '../../../domain/domain-error';
import { billingStandingOf, changePlan } from '../../../domain/subscriptions/plan-change';
import type { EventType } from '../../../contracts/events';
import { insertDocuments } from '../../../services/insert-documents';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { expectContract } from '../../../testing/expect-contract';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { PATIENT_MS, startTestApi, type TestApi } from '../../../testing/test-api';
import {
  createSubscriptionCommands,
  type SendSubscriptionCommandInput,
} from '../../../temporal/commands/subscriptions/subscription-commands';
import { presentSubscription } from '../present-subscription';

const monthly = { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' };

let api: TestApi;
let key: string;
let tenantId: string;
let sent: SendSubscriptionCommandInput[] = [];
let answerCommand: () => Promise<{ state: 'active'; at: string }>;

beforeAll(async () => {
  api = await startTestApi({
    requestDeadlineMs: PATIENT_MS,
    hasGateway: (id) => id.endsWith(':sandbox'),
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

/** Ten years on by the calendar, and so many milliseconds. */
const inYears = (years: number, ms = 0): string => {
  const at = new Date(Date.now() + ms);
  at.setUTCFullYear(at.getUTCFullYear() + years);
  return at.toISOString();
};

describe('plans', () => {
  it('are made once per key, read and listed, and never change', async () => {
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
  ])('with %s are refused, and nothing of them is stored', async (_what, change, code, pointer) => {
    const { plans } = api.database.models;
    const before = await plans.countDocuments();
    expect(await refusal('/plans', { ...monthly, ...change })).toEqual([422, code, pointer]);
    expect(await plans.countDocuments()).toBe(before);
  });
});

describe('subscribing', () => {
  const newPlan = async (terms: object = {}): Promise<string> =>
    (await post('/plans', { ...monthly, ...terms })).body.id;

  it('is accepted with everything the process needs, and the same key answers the same subscription', async () => {
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
    // Fourteen calendar days on: an hour more or less where the clocks change meanwhile.
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

  it('tells its story in money and by the name that a plan had when it was chosen', async () => {
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
      'The subscription was cancelled (requested); 3.00 EUR are given back.',
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

  it('says which field is wrong, and stores nothing', async () => {
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

  it('of a live tenant without a gateway is refused, and nothing is stored', async () => {
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
    expect(await list('')).toEqual([seeded.subscriptionId, ...ids.toReversed()]);
    expect(await list('customerId=c1')).toEqual([seeded.subscriptionId, ids[1], ids[0]]);
    expect(await list(`planId=${planId}&customerId=c2`)).toEqual([ids[2]]);
    expect(await list('state=active')).toEqual([seeded.subscriptionId]);
    expect(await list(`userId=${newId('user')}`)).toEqual([]);
    const page = (await get('/subscriptions?limit=3')).body;
    expect((await get(`/subscriptions?limit=3&cursor=${page.next}`)).body).toMatchObject({
      items: [{ id: ids[0] }],
      next: null,
    });
  });
});

describe('commands', () => {
  it('hand their terms to the process, and are answered once per key', async () => {
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const path = `/subscriptions/${subscriptionId}`;
    const idempotencyKey = randomUUID();
    const first = await post(`${path}/change-plan`, { planId, quantity: 2, when: 'now' }, { idempotencyKey });
    expect([first.status, first.headers['content-location'], first.body]).toEqual([
      200,
      `/api/v1${path}`,
      { id: subscriptionId, state: 'active', at: '2026-11-21T09:00:00.000Z' },
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

  it('of more than can be paid exactly point at the quantity, before the process hears of them', async () => {
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

  it('end a pause ten years ahead at most, by the time of the tenant', async () => {
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

  it('keep the payment method out of the process', async () => {
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
    ['SUBSCRIPTION_RESUMING', 409, undefined],
    ['RESUME_IN_PAST', 422, '/resumeAt'],
    ['OUTCOME_PENDING', 503, undefined],
  ])('pass on why the process refuses: %s', async (code, status, pointer) => {
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
    const { draft, period: after } = changePlan({ when, at: answer.body.effectiveAt, standing, next });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      effectiveAt: when === 'now' ? expect.any(String) : nextPeriodAt.toISOString(),
      ...draft,
      period: { startAt: after!.startAt, endAt: after!.endAt },
    });
    expect(answer.body.total.amountMinor).toBeGreaterThan(0);
  });

  it('takes effect no earlier than what happened to the subscription last: an advance that failed leaves it ahead of the clock', async () => {
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

  it('meets what the change would meet', async () => {
    const { subscriptionId, planId } = await seedSubscription({ api, tenantId });
    const path = `/subscriptions/${subscriptionId}/change-plan/preview`;
    const inYen = (await post('/plans', { ...monthly, amount: { amountMinor: 500, currency: 'JPY' } })).body.id;
    expect(await refusal(path, { planId, when: 'now' })).toEqual([422, 'NOTHING_TO_CHANGE', '/planId']);
    expect(await refusal(path, { planId: inYen, when: 'now' })).toEqual([422, 'PLAN_CURRENCY_DIFFERS', '/planId']);
    expect(await refusal(path, { planId: newId('plan'), when: 'now' })).toEqual([422, 'PLAN_UNKNOWN', '/planId']);
    const dear = (await post('/plans', { ...monthly, amount: { amountMinor: 9_007_199_254_740_991, currency: 'EUR' } }))
      .body.id;
    for (const when of ['now', 'period_end'])
      expect(await refusal(path, { planId: dear, quantity: 2, when })).toEqual([422, 'AMOUNT_TOO_LARGE', '/quantity']);
    await api.database.models.subscriptions.updateOne(
      { _id: subscriptionId },
      { $set: { waiting: { what: 'cancel' } } },
    );
    expect(await refusal(path, { planId, quantity: 2, when: 'now' })).toEqual([409, 'CHANGE_WAITING', undefined]);
  });
});

describe('what a subscription waits for', () => {
  const at = new Date('2027-01-05T00:00:00.000Z');
  const charge = {
    invoiceId: newId('invoice'),
    periodStart: '2027-01-01T00:00:00.000Z',
    attempt: 1,
    rung: 1,
    failedAt: at,
    nextAt: at,
  } as const;
  const end = new Date('2027-02-01T00:00:00.000Z');

  it.each<[string, Partial<Subscription>, string | null, string | null]>([
    ['active', { state: 'active' }, 'the next period', end.toISOString()],
    ['in its trial', { state: 'trialing', trialEndAt: end }, 'the trial to end', end.toISOString()],
    [
      'about to change plan',
      {
        state: 'active',
        waiting: {
          what: 'change_plan',
          item: { planId: 'p', plan: { ...monthly, intervalCount: 1, trialDays: 0 } as never, quantity: 1 },
        },
      },
      'the plan that was changed to',
      end.toISOString(),
    ],
    [
      'about to be cancelled',
      { state: 'active', waiting: { what: 'cancel' } },
      'with which it is cancelled',
      end.toISOString(),
    ],
    [
      'being charged',
      { state: 'active', charge: { ...charge, status: 'pending', nextAt: null } },
      'final answer',
      null,
    ],
    ['past due', { state: 'past_due', charge: { ...charge, status: 'failed' } }, 'charged again', at.toISOString()],
    [
      'past due and cancelled before the next attempt',
      {
        state: 'past_due',
        nextPeriodAt: new Date('2027-01-03T00:00:00.000Z'),
        waiting: { what: 'cancel' },
        charge: { ...charge, status: 'failed' },
      },
      'with which it is cancelled',
      '2027-01-03T00:00:00.000Z',
    ],
    [
      'unpaid',
      { state: 'unpaid', charge: { ...charge, status: 'failed' } },
      'another payment method',
      at.toISOString(),
    ],
    ['paused', { state: 'paused', resumeAt: at }, 'to be resumed', at.toISOString()],
    ['cancelled', { state: 'cancelled', reason: 'requested' }, null, null],
    [
      'cancelled with a payment under way',
      { state: 'cancelled', charge: { ...charge, status: 'pending' } },
      'withdrawn',
      null,
    ],
  ])('is said in words when it is %s', async (_what, as, what, until) => {
    const { subscriptionId } = await seedSubscription({ api, tenantId, as: { nextPeriodAt: end, ...as } });
    const { body } = await get(`/subscriptions/${subscriptionId}`);
    expect(body.nextPeriodAt === null).toBe(as.state === 'cancelled');
    expect(body.waitingFor).toEqual(what === null ? null : { what: expect.stringContaining(what), until });
    expect(body).toEqual(
      JSON.parse(
        JSON.stringify(
          presentSubscription(await api.database.models.subscriptions.findById(subscriptionId).lean().orFail()),
        ),
      ),
    );
    expect([body.nextAttemptAt, body.openInvoiceId]).toEqual([
      as.state === 'past_due' ? at.toISOString() : null,
      as.charge && as.state !== 'cancelled' ? charge.invoiceId : null,
    ]);
  });
});
