import { randomUUID } from 'node:crypto';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import type { AppInput } from '../../app';

let api: TestApi;
let key: string;
let tenantId: string;
let answerCommand: AppInput['sendPaymentCommand'];

beforeAll(async () => {
  api = await startTestApi({ sendPaymentCommand: (input) => answerCommand(input) });
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, content?: object, { idempotencyKey = newId('event') } = {}) => {
  const call = api.call('post', path, key).set('Idempotency-Key', idempotencyKey);
  return expectContract(await (content === undefined ? call : call.send(content)));
};
const get = async (path: string) => expectContract(await api.call('get', path, key));

describe('cancelling', () => {
  const captured = async () => {
    throw new DomainError('PAYMENT_CAPTURED', 'The money was taken');
  };
  const ended = async () => {
    throw new DomainError('PAYMENT_ALREADY_ENDED', 'The payment has ended');
  };

  it('before the capture is a command to the process', async () => {
    answerCommand = async ({ at }) => ({ state: 'cancelled', at });
    const paymentId = await seedCaptured({ api, tenantId, state: 'authorised' });
    expect((await post(`/payments/${paymentId}/cancel`)).body).toEqual({
      id: paymentId,
      state: 'cancelled',
      at: expect.any(String),
      refundId: null,
    });
  });

  it('after the capture creates one refund of the rest per key, even after a crash', async () => {
    answerCommand = captured;
    const paymentId = await seedCaptured({ api, tenantId });
    await post(`/payments/${paymentId}/refunds`, { amount: { amountMinor: 100, currency: 'EUR' } });
    const idempotencyKey = randomUUID();
    const first = await post(`/payments/${paymentId}/cancel`, { reason: 'Ordered twice' }, { idempotencyKey });
    expect(first.body).toMatchObject({ state: 'captured', refundId: expect.stringMatching(/^rfd_/) });
    // The process died before it stored the response: the record is open, and its lock has expired.
    await api.database.models.idempotency.updateOne(
      { tenantId, 'reply.body.refundId': first.body.refundId },
      { $set: { reply: null, lockedUntil: new Date(0) } },
    );
    const again = await post(`/payments/${paymentId}/cancel`, { reason: 'Ordered twice' }, { idempotencyKey });
    expect([again.headers['idempotent-replayed'], again.body.refundId]).toEqual([undefined, first.body.refundId]);
    expect((await get(`/payments/${paymentId}/refunds/${first.body.refundId}`)).body).toMatchObject({
      amount: { amountMinor: 400 },
      reason: 'Ordered twice',
    });
    // The refund may have succeeded meanwhile, which ends the payment.
    answerCommand = ended;
    await api.database.models.payments.updateOne({ _id: paymentId }, { $set: { state: 'refunded' } });
    await api.database.models.idempotency.updateOne(
      { tenantId, 'reply.body.refundId': first.body.refundId },
      { $set: { reply: null, lockedUntil: new Date(0) } },
    );
    const late = await post(`/payments/${paymentId}/cancel`, { reason: 'Ordered twice' }, { idempotencyKey });
    expect([late.status, late.body]).toEqual([
      200,
      { id: paymentId, state: 'refunded', at: first.body.at, refundId: first.body.refundId },
    ]);
    expect(await api.database.models.refunds.countDocuments({ paymentId })).toBe(2);
  });

  it('is rejected when the whole payment is being refunded already', async () => {
    answerCommand = captured;
    const paymentId = await seedCaptured({ api, tenantId });
    await post(`/payments/${paymentId}/refunds`);
    expect((await post(`/payments/${paymentId}/cancel`)).body.code).toBe('NOTHING_TO_REFUND');
  });

  it("returns the reason of the process's rejection", async () => {
    answerCommand = ended;
    const paymentId = await seedCaptured({ api, tenantId, state: 'declined' });
    expect((await post(`/payments/${paymentId}/cancel`)).body).toMatchObject({
      status: 409,
      code: 'PAYMENT_ALREADY_ENDED',
    });
  });
});
