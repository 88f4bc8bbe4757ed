import { refundPaymentId } from '../../../contracts/payments/payment';
import { consumersOf, summaryOf } from '../../../contracts/events';
import { createRefundActivities } from '../../../../activities/payments/refunds';
import { newId } from '../../../domain/ids';
import { presentRefund } from '../../../http/payments/present-payment';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { keepGatewayEvent } from '../keep-gateway-event';
import { seedPayment } from '../../../testing/worlds/seed-payment';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { createStuckOperations } from '../../operator/stuck-operations';

let database: Database;
let drop: () => Promise<void>;
const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
const by = { kind: 'operator', id: null } as const;

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const refund = async (state: 'pending' | 'succeeded' | 'failed') => {
  const { paymentId, refundId } = await seedPayment({ api: { database }, tenantId });
  await database.models.refunds.updateOne({ _id: refundId }, { $set: { state } });
  if (state === 'succeeded')
    await database.models.payments.updateOne(
      { _id: paymentId },
      { $set: { state: 'partially_refunded', refundedMinor: 100, pendingRefundMinor: 0 } },
    );
  return refundId;
};
const report = (refundId: string, { hasFailed = true } = {}) =>
  keepGatewayEvent({
    database,
    gateway: 'stripe',
    correlationId: 'test',
    notice: {
      eventId: newId('event'),
      type: 'refund.updated',
      tenantId,
      idempotencyKey: `${refundId}:refund:1`,
      authorisationId: 'pi_1',
      ...(hasFailed && { refundFailed: true }),
    },
  });
const listed = (entityId: string) => database.models.stuckItems.find({ entityId, open: true }).lean();

describe('a late refund failure', () => {
  it("is on the operator's list once and leaves it when the operator has handled it", async () => {
    const refundId = await refund('succeeded');
    for (let time = 0; time < 3; time++) expect(await report(refundId)).toBeNull();
    const [item, ...others] = await listed(refundId);
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      tenantId,
      kind: 'refund_failed_late',
      entityType: 'refund',
      subject: refundPaymentId(refundId),
      detail: expect.stringContaining('1.00 EUR'),
    });

    const operations = createStuckOperations({ database, workflows: undefined as never });
    await expect(
      database.inTransaction((session) => operations.restart({ item: item!, by, session })),
    ).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(
      await database.inTransaction((session) =>
        operations.close({ item: item!, by, reason: 'Paid by transfer', session }),
      ),
    ).toMatchObject({ state: 'closed' });
    await report(refundId);
    expect(await listed(refundId)).toEqual([]);
  });

  it('is reported to the partner once, on both timelines and by the refund itself', async () => {
    const refundId = await refund('succeeded');
    const { paymentId } = await database.models.refunds.findById(refundId).lean().orFail();
    await report(refundId);
    const { version } = await database.models.refunds.findById(refundId).lean().orFail();
    for (let time = 0; time < 2; time++) expect(await report(refundId)).toBeNull();
    const { models } = database;
    for (const [entityType, entityId, type, state] of [
      ['refund', refundId, 'refund.failed_late', 'failed'],
      ['payment', paymentId, 'payment.refund_failed_late', 'captured'],
    ] as const) {
      const [event, ...more] = await models.events.find({ tenantId, entityId, type }).lean();
      expect([event, more]).toMatchObject([
        { entityType, state, data: { refundId, paymentId, amountMinor: 100 }, correlationId: 'test' },
        [],
      ]);
      expect(summaryOf({ ...event!, currency: 'EUR' })).toContain('1.00 EUR');
      expect(await models.outbox.find({ tenantId, eventId: event!._id }).lean()).toMatchObject([
        { open: true, pending: consumersOf(type) },
      ]);
    }
    expect(presentRefund(await models.refunds.findById(refundId).lean().orFail())).toMatchObject({
      state: 'failed',
      failure: 'failed_after_success',
    });
    expect((await models.refunds.findById(refundId).lean().orFail()).version).toBe(version);
    // The money can be refunded again, and the books show it as not refunded.
    expect(await models.payments.findById(paymentId).lean()).toMatchObject({
      state: 'captured',
      refundedMinor: 0,
      pendingRefundMinor: 0,
    });
    expect(await models.ledgerPostings.find({ tenantId, paymentId }).lean()).toMatchObject([
      { event: 'refund_reversal', lines: [{ account: 'refunded', amountMinor: 100 }, { account: 'fulfilled' }] },
    ]);
  });

  it('is not missed where it comes before the process has recorded the success', async () => {
    const refundId = await refund('pending');
    const { paymentId } = await database.models.refunds.findById(refundId).lean().orFail();
    expect(await report(refundId)).not.toBeNull();
    const activities = createRefundActivities({ database } as never);
    const at = '2026-11-21T09:00:05.000Z';
    const step = { tenantId, refundId, chain: null as never, step: 'settle', at };
    expect(await activities.settleRefund({ ...step, outcome: 'succeeded', reason: null })).toEqual({ state: 'failed' });
    expect(await database.models.refunds.findById(refundId).lean()).toMatchObject({ failure: 'failed_after_success' });
    expect(await database.models.payments.findById(paymentId).lean()).toMatchObject({
      state: 'captured',
      refundedMinor: 0,
      pendingRefundMinor: 0,
    });
  });

  it('changes nothing for a refund that is pending or failed, nor does a report of success', async () => {
    const [pending, failed, succeeded] = [await refund('pending'), await refund('failed'), await refund('succeeded')];
    expect(await report(pending)).toMatchObject({ signal: { workflowId: refundPaymentId(pending) } });
    await report(failed);
    await report(succeeded, { hasFailed: false });
    for (const id of [pending, failed, succeeded]) expect(await listed(id)).toEqual([]);
  });
});
