import { stripeEventTypes } from '../../clients/gateways/stripe/stripe-webhook';
import { postingKeyOf } from '../../contracts/payments/posting-keys';
import { newId } from '../../domain/ids';
import { ledgerProblems } from '../../domain/payments/ledger-check';
import { postCapture, type Posting } from '../../domain/payments/ledger';
import { createStuckOperations } from '../../services/operator/stuck-operations';
import { OPERATOR_KEY, type TestApi } from '../../testing/test-api';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { stripeObjectFor, stripeObjects } from '../../testing/worlds/stripe-objects';
import { startStripeWebhookApi, stripeEventOf } from '../../testing/worlds/stripe-webhook-api';

let api: TestApi;
let tenant: Awaited<ReturnType<TestApi['newTenant']>>;
let counted: string[];
let send: Awaited<ReturnType<typeof startStripeWebhookApi>>['send'];
beforeAll(async () => {
  ({ api, tenant, counted, send } = await startStripeWebhookApi());
});
afterAll(() => api.stop());

/** A captured payment of 5.00 EUR with a refund of 1.00 EUR that is under way, as Stripe and our ledger know it. */
async function seed() {
  const intentId = newId('event').replace('evt_', 'pi_');
  const { tenantId } = tenant;
  const { paymentId, refundId } = await seedPayment({ api, tenantId });
  await api.database.models.payments.updateOne({ _id: paymentId }, { $set: { authorisationId: intentId } });
  const amount = { amountMinor: 500, currency: 'EUR' };
  const { key: _id, ...posting } = postCapture({
    key: `${paymentId}:capture:1`,
    paymentId,
    captured: amount,
    authorised: amount,
  });
  await api.database.models.ledgerPostings.insertMany([
    {
      _id,
      ...posting,
      lines: posting.lines.filter(({ account }) => !account.startsWith('auth')),
      tenantId,
      at: new Date(),
      recordedAt: new Date(),
    },
  ]);
  return { paymentId, refundId, ...stripeObjects({ tenantId, paymentId, refundId, intentId }) };
}

const show = async (paymentId: string) =>
  (await api.call('get', `/payments/${paymentId}`, tenant.key)).body as {
    state: string;
    disputed: { amountMinor: number };
    refunded: { amountMinor: number };
    refundable: { amountMinor: number };
  };
const funds = async (paymentId: string) => {
  const { state, disputed, refunded, refundable } = await show(paymentId);
  return [state, disputed.amountMinor, refunded.amountMinor, refundable.amountMinor];
};
const eventsOf = async (entityId: string) =>
  (await api.database.models.events.find({ entityId }).sort({ version: 1 }).lean()).map(({ type }) => type);
const listed = async (entityId: string) =>
  (
    (await api.call('get', '/operations/stuck?limit=100', OPERATOR_KEY)).body as {
      items: { entityId: string; kind: string }[];
    }
  ).items
    .filter((item) => item.entityId === entityId)
    .map(({ kind }) => kind);
const postingsOf = async (paymentId: string): Promise<Posting[]> =>
  (await api.database.models.ledgerPostings.find({ paymentId }).lean()).map(({ _id: key, ...posting }) => ({
    ...posting,
    key,
  }));

describe('the webhook of Stripe', () => {
  test.each(stripeEventTypes)('takes %s, once, and keeps it', async (type) => {
    const body = stripeEventOf(type, stripeObjectFor(type, await seed()));
    const { id } = JSON.parse(body) as { id: string };
    for (let time = 0; time < 2; time++)
      expect(await send(body)).toMatchObject({ status: 200, body: { received: true } });
    expect(await api.database.models.gatewayEvents.find({ _id: `stripe:${id}` }).lean()).toMatchObject([
      { tenantId: tenant.tenantId, type },
    ]);
    expect(counted.at(-1)).toBe('taken');
  });

  test.each(['refund.failed', 'refund.updated', 'charge.refund.updated'])(
    'a late %s reaches books, partner and operator',
    async (type) => {
      const seeded = await seed();
      const { paymentId, refundId } = seeded;
      const { models } = api.database;
      await models.refunds.updateOne({ _id: refundId }, { $set: { state: 'succeeded' } });
      await models.payments.updateOne(
        { _id: paymentId },
        { $set: { state: 'partially_refunded', refundedMinor: 100, pendingRefundMinor: 0 } },
      );
      for (const status of ['canceled', 'failed'])
        expect((await send(stripeEventOf(type, seeded.refund(status)))).status).toBe(200);
      expect(await funds(paymentId)).toEqual(['captured', 0, 0, 500]);
      expect((await postingsOf(paymentId)).map(({ event }) => event)).toEqual(['capture', 'refund_reversal']);
      const { body } = await api.call('get', `/payments/${paymentId}/refunds/${refundId}`, tenant.key);
      expect(body).toMatchObject({ state: 'failed', failure: 'failed_after_success' });
      expect(await eventsOf(paymentId)).toContain('payment.refund_failed_late');
      expect(await eventsOf(refundId)).toContain('refund.failed_late');
      expect(await listed(refundId)).toEqual(['refund_failed_late']);
    },
  );

  it('has a refund that is under way looked up when it fails', async () => {
    const seeded = await seed();
    expect((await send(stripeEventOf('refund.failed', seeded.refund('failed')))).status).toBe(200);
    expect(api.started.at(-1)).toMatchObject({ entityId: seeded.refundId, signal: { name: 'gatewayReported' } });
    expect(await listed(seeded.refundId)).toEqual([]);
  });

  it.each([
    ['won', ['captured', 0, 0, 400]],
    ['lost', ['partially_refunded', 0, 400, 0]],
  ])('holds disputed money in the ledger until the dispute is %s', async (status, end) => {
    const seeded = await seed();
    const { paymentId } = seeded;
    const id = `dp_${newId('event')}`;
    await send(stripeEventOf('charge.dispute.created', seeded.dispute(id, 'needs_response')));
    expect(await funds(paymentId)).toEqual(['captured', 400, 0, 0]);
    expect(await listed(paymentId)).toEqual(['payment_disputed']);
    const balance = (await postingsOf(paymentId)).filter(({ event }) => event === 'dispute');
    expect(balance).toMatchObject([{ lines: [{ account: 'fulfilled' }, { account: 'held', amountMinor: 400 }] }]);

    const late = stripeEventOf('charge.dispute.updated', seeded.dispute(id, 'under_review'), { secondsEarlier: 2 });
    await send(stripeEventOf('charge.dispute.closed', seeded.dispute(id, status)));
    await send(late);
    expect(await funds(paymentId)).toEqual(end);
    expect(await listed(paymentId)).toEqual([]);
    const types = await eventsOf(paymentId);
    expect(types.filter((type) => type.startsWith('payment.disput'))).toEqual([
      'payment.disputed',
      'payment.dispute_closed',
    ]);
    expect(ledgerProblems(await postingsOf(paymentId))).toEqual([]);
    // Reports count the money of a dispute with the event of its step.
    const timeline = await api.database.models.events.find({ entityId: paymentId }).lean();
    expect(timeline.map(postingKeyOf).filter((key) => key !== null)).toEqual(
      (await postingsOf(paymentId)).filter(({ event }) => event === 'dispute').map(({ key }) => key),
    );
  });

  it('lists an inquiry without moving money, until it becomes a dispute', async () => {
    const seeded = await seed();
    const id = `dp_${newId('event')}`;
    await send(stripeEventOf('charge.dispute.created', seeded.dispute(id, 'warning_needs_response', 50)));
    expect(await funds(seeded.paymentId)).toEqual(['captured', 0, 0, 400]);
    expect(await listed(seeded.paymentId)).toEqual(['payment_disputed']);
    await send(stripeEventOf('charge.dispute.funds_withdrawn', seeded.dispute(id, 'needs_response', 50)));
    expect(await funds(seeded.paymentId)).toEqual(['captured', 50, 0, 350]);
  });

  it('shows an early fraud warning to partner and operator, who closes it', async () => {
    const seeded = await seed();
    const { paymentId } = seeded;
    const warning = seeded.warning(`issfr_${newId('event')}`);
    await send(stripeEventOf('radar.early_fraud_warning.created', warning));
    await send(stripeEventOf('radar.early_fraud_warning.updated', warning));
    expect((await eventsOf(paymentId)).filter((type) => type === 'payment.fraud_warning')).toHaveLength(1);
    expect(await listed(paymentId)).toEqual(['fraud_warning']);
    const { database } = api;
    const operations = createStuckOperations({ database, workflows: undefined as never });
    const item = await database.models.stuckItems.findOne({ entityId: paymentId, open: true }).lean().orFail();
    const by = { kind: 'operator', id: null } as const;
    await expect(database.inTransaction((session) => operations.restart({ item, by, session }))).rejects.toMatchObject({
      code: 'ILLEGAL_STATE',
    });
    await database.inTransaction((session) => operations.close({ item, by, reason: 'Refunded', session }));
    expect(await listed(paymentId)).toEqual([]);
  });

  it.each([
    ['a thin event', JSON.stringify({ id: 'evt_1', object: 'v2.core.event', type: 'v2.core.account.updated' })],
    ['no JSON', 'hello'],
    ['an event without its names', JSON.stringify({ id: '', type: 'x', data: { object: { id: 'x' } } })],
  ])('accepts and counts %s with a valid signature', async (_name, body) => {
    expect((await send(body)).status).toBe(200);
    expect(['unknown_form', 'foreign']).toContain(counted.at(-1));
  });

  it('refuses a webhook that another secret has signed', async () => {
    expect(await send(stripeEventOf('refund.failed', {}), 'whsec_other')).toMatchObject({
      status: 400,
      body: { code: 'WEBHOOK_SIGNATURE_INVALID' },
    });
    expect(counted.at(-1)).toBe('refused');
  });

  it('accepts a dispute about an unknown payment', async () => {
    const dispute = { ...(await seed()).dispute('dp_foreign', 'lost'), payment_intent: 'pi_of_somebody' };
    expect((await send(stripeEventOf('charge.dispute.created', dispute))).status).toBe(200);
  });
});
