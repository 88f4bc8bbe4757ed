import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { inBatches } from '../../../testing/in-batches';
import { casesOf } from '../../../testing/long-form';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
/** Another process with the same database: its requests are not in turn with those of the first. */
let other: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
  other = await startTestApi({ database: api.database });
  ({ key, tenantId } = await api.newTenant());
});
afterAll(async () => {
  await other.stop();
  await api.stop();
});

const post = async (path: string, content?: object, { idempotencyKey = newId('event'), by = api } = {}) => {
  const call = by.call('post', path, key).set('Idempotency-Key', idempotencyKey);
  return expectContract(await (content === undefined ? call : call.send(content)));
};
const get = async (path: string) => expectContract(await api.call('get', path, key));

/** Counts the attempts of transactions from now on: a transaction that lost to another is attempted again. */
function countTransactions(): () => number {
  let attempts = 0;
  const inTransaction = api.database.inTransaction.bind(api.database);
  const spy = jest.spyOn(api.database, 'inTransaction').mockImplementation((work) =>
    inTransaction((session) => {
      attempts += 1;
      return work(session);
    }),
  );
  return () => {
    spy.mockRestore();
    return attempts;
  };
}

describe('refunds', () => {
  it('are dated no earlier than the last event of their payment', async () => {
    const paymentId = await seedCaptured({ api, tenantId });
    const ahead = new Date(Date.now() + 86_400_000);
    await api.database.models.payments.updateOne({ _id: paymentId }, { $set: { updatedAt: ahead } });
    const {
      status,
      body: { id, createdAt },
    } = await post(`/payments/${paymentId}/refunds`);
    expect([status, createdAt]).toEqual([202, ahead.toISOString()]);
    const found = await api.database.models.events
      .find({ entityId: { $in: [paymentId, id] }, type: { $ne: 'payment.accepted' } })
      .lean();
    expect(Object.fromEntries(found.map(({ type, at }) => [type, at]))).toEqual({
      'payment.refund_requested': ahead,
      'refund.accepted': ahead,
    });
  });

  it('that race for one payment are accepted in turns, as many as fit, without a wasted transaction', async () => {
    const paymentId = await seedCaptured({ api, tenantId, amountMinor: 1000 });
    const transactions = countTransactions();
    const answers = await Promise.all(
      Array.from({ length: casesOf({ short: 20, long: 100 }) }, () =>
        post(`/payments/${paymentId}/refunds`, { amount: { amountMinor: 90, currency: 'EUR' } }),
      ),
    );
    const codes = answers.map(({ status, body: { code } }) => (status === 202 ? 202 : code));
    expect(codes.filter((code) => code === 202)).toHaveLength(11);
    expect(new Set(codes)).toEqual(new Set([202, 'REFUND_EXCEEDS_CAPTURED']));
    const refunds = await api.database.models.refunds.find({ paymentId }).lean();
    const { pendingRefundMinor } = await api.database.models.payments.findById(paymentId).lean().orFail();
    expect([refunds.length, pendingRefundMinor]).toEqual([11, 990]);
    expect(transactions()).toBe(answers.length);
  });

  it('that race in two processes and are too large together are accepted one per pair', async () => {
    const pairs = Array.from({ length: casesOf({ short: 60, long: 500 }) });
    const { payments, refunds } = api.database.models;
    const race = async () => {
      const paymentId = await seedCaptured({ api, tenantId, amountMinor: 1000 });
      const refund = (by: TestApi) =>
        post(`/payments/${paymentId}/refunds`, { amount: { amountMinor: 600, currency: 'EUR' } }, { by });
      const answers = await Promise.all([refund(api), refund(other)]);
      const codes = answers.map(({ status, body: { code } }) => String(status === 202 ? 202 : code)).sort();
      const { pendingRefundMinor } = await payments.findById(paymentId).lean().orFail();
      const promised = await refunds.find({ paymentId }).lean();
      return { codes, pendingRefundMinor, promised: promised.map(({ amount }) => amount.amountMinor) };
    };
    const outcomes = await inBatches(pairs, race);
    const one = { codes: ['202', 'REFUND_EXCEEDS_CAPTURED'], pendingRefundMinor: 600, promised: [600] };
    expect(outcomes).toEqual(pairs.map(() => one));
  });

  it('are rejected above the rest or before a capture, and readable under their payment only', async () => {
    const paymentId = await seedCaptured({ api, tenantId });
    const refuse = async (content?: object, id = paymentId) => {
      const {
        status,
        body: { code, errors },
      } = await post(`/payments/${id}/refunds`, content);
      return [status, code, errors?.[0]?.pointer];
    };
    expect(await refuse({ amount: { amountMinor: 501, currency: 'EUR' } })).toEqual([
      422,
      'REFUND_EXCEEDS_CAPTURED',
      '/amount/amountMinor',
    ]);
    const all = await post(`/payments/${paymentId}/refunds`);
    expect([all.status, all.body.amount, all.headers.location]).toEqual([
      202,
      { amountMinor: 500, currency: 'EUR' },
      `/api/v1/payments/${paymentId}/refunds/${all.body.id}`,
    ]);
    expect((await get(`/payments/${paymentId}/refunds/${all.body.id}`)).body).toEqual(all.body);
    expect((await get(`/payments/${paymentId}/refunds`)).body.items).toEqual([all.body]);
    expect(await refuse(undefined, await seedCaptured({ api, tenantId, state: 'authorised' }))).toEqual([
      409,
      'PAYMENT_NOT_REFUNDABLE',
      undefined,
    ]);
    expect((await get(`/payments/${await seedCaptured({ api, tenantId })}/refunds/${all.body.id}`)).status).toBe(404);
  });
});
