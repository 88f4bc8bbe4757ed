import { createRefundActivities } from '../../../../activities/payments/refunds';
import { summaryOf } from '../../../contracts/events';
import { newId } from '../../../domain/ids';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { createStuckOperations } from '../../../services/operator/stuck-operations';
import { acceptRefund } from '../../../services/payments/accept-refund';
import { keepGatewayEvent } from '../../../services/payments/keep-gateway-event';
import { changeSubscription } from '../../../services/subscriptions/change-subscription';
import { endSubscription } from '../../../services/subscriptions/end-subscription';
import { people } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { createRecordRefunds } from '../record-refunds';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  await database.models.partners.insertMany([partner]);
});
afterAll(() => drop());

const { partner } = people({});
const tenantId = tenantIdOf({ partnerId: partner._id, mode: 'sandbox' });
const by = { kind: 'operator', id: null } as const;
const at = '2026-11-21T09:00:00.000Z';

/** A subscription whose first period of 29.00 EUR was paid by two payments, and which ends as it begins. */
async function endedAtOnce() {
  const { subscriptionId, invoiceId } = await seedSubscription({
    api: { database },
    tenantId,
    at,
    as: { userId: newId('user') },
  });
  const { models } = database;
  const paid = async (attempt: number, paidMinor: number) => {
    const paymentId = await seedCaptured({ api: { database }, tenantId, amountMinor: paidMinor });
    return { attempt, paymentId, paidMinor, at: new Date(at), state: 'paid', reason: null } as const;
  };
  const attempts = [await paid(1, 900), await paid(2, 2000)];
  await models.invoices.updateOne({ _id: invoiceId }, { $set: { attempts } });
  await changeSubscription({ database, tenantId, subscriptionId, step: 'end', at }, (subscription) =>
    endSubscription({ database, subscription, invoiceBecomes: 'void', isProrated: true, reason: 'requested', at }),
  );

  const apply = createRecordRefunds({ database });
  const record = async () => apply(await models.outbox.find({ open: true, pending: 'refunds' }).lean());
  const read = () => models.subscriptions.findById(subscriptionId).lean().orFail();
  return {
    paymentIds: attempts.map(({ paymentId }) => paymentId),
    read,
    owed: async () => (await read()).owed.amountMinor,
    record,
    /** Returns the refunds under way by amount. */
    async pending(): Promise<Record<number, string>> {
      const refunds = await models.refunds.find({ parentId: subscriptionId, state: 'pending' }).lean();
      return Object.fromEntries(refunds.map(({ _id, amount }) => [amount.amountMinor, _id]));
    },
    async settle(refundId: string, outcome: 'succeeded' | 'failed'): Promise<void> {
      const step = { tenantId, refundId, chain: null as never, step: 'settle', at };
      const reason = outcome === 'failed' ? 'card_closed' : null;
      await createRefundActivities({ database } as never).settleRefund({ ...step, outcome, reason });
      await record();
    },
    async timeline(): Promise<string[]> {
      const events = await models.events.find({ entityId: subscriptionId }).sort({ version: 1, _id: 1 }).lean();
      return events.slice(1).map(({ type, data }) => summaryOf({ type, data, currency: 'EUR' }));
    },
    async mails() {
      const rows = await models.outbox.find({ entityId: subscriptionId, mail: { $ne: null } }).sort({ _id: 1 });
      return rows.map(({ mail }) => mail?.template);
    },
    listed: () => models.stuckItems.find({ entityId: subscriptionId, open: true }).lean(),
  };
}

const operations = () => createStuckOperations({ database, workflows: undefined as never });

describe('a refund of a subscription', () => {
  it('is announced when it is ordered, and again when it was made', async () => {
    const life = await endedAtOnce();
    expect((await life.read()).paidUntil).toEqual(new Date(at));
    const { 900: first = '', 2000: second = '' } = await life.pending();
    for (const refundId of [first, second]) await life.settle(refundId, 'succeeded');
    await life.record();
    expect(await life.timeline()).toEqual([
      'The subscription was cancelled (requested); 29.00 EUR is being refunded.',
      '9.00 EUR was refunded.',
      '20.00 EUR was refunded.',
    ]);
    expect(await life.mails()).toEqual(['subscriptionCancelled', 'subscriptionRefunded', 'subscriptionRefunded']);
    expect([await life.owed(), await life.listed()]).toEqual([0, []]);
  });

  it('that fails is owed beside one that was made, until an operator has ordered it again', async () => {
    const life = await endedAtOnce();
    const { 900: failing = '', 2000: made = '' } = await life.pending();
    await life.settle(failing, 'failed');
    await life.settle(made, 'succeeded');
    expect([await life.owed(), (await life.mails()).at(1)]).toEqual([900, 'refundFailed']);
    expect((await life.timeline())[1]).toContain('The refund of 9.00 EUR failed (card_closed)');
    const [item] = await life.listed();
    expect(item).toMatchObject({ kind: 'refund_owed', detail: expect.stringContaining('9.00 EUR is owed') });

    const restart = () => database.inTransaction((session) => operations().restart({ item: item!, by, session }));
    expect((await restart()).state).toBe('restarted');
    expect([await life.owed(), await life.listed()]).toEqual([0, []]);
    const { 900: again = '' } = await life.pending();
    await life.settle(again, 'failed');
    expect([await life.owed(), (await life.listed()).length]).toEqual([900, 1]);
    expect((await life.timeline()).at(-2)).toBe(
      'An operator ordered the failed refund again; 9.00 EUR is being refunded.',
    );
  });

  it('that fails after its success is owed, on one list', async () => {
    const life = await endedAtOnce();
    const { 2000: refundId = '' } = await life.pending();
    await life.settle(refundId, 'succeeded');
    await failLate(refundId);
    await life.record();
    expect([await life.owed(), (await life.listed()).map(({ kind }) => kind)]).toEqual([2000, ['refund_owed']]);
    expect(await database.models.stuckItems.exists({ entityId: refundId })).toBeNull();
  });

  it('that fails is settled by refunds of the partner, or by the operator', async () => {
    const life = await endedAtOnce();
    await life.settle((await life.pending())[2000] ?? '', 'failed');
    const paymentId = life.paymentIds[1] ?? '';
    const { refund } = await database.inTransaction((session) => {
      const amount = { amountMinor: 500, currency: 'EUR' };
      return acceptRefund({ database, session, tenantId, paymentId, amount, correlationId: 'test', by, at });
    });
    await life.settle(refund._id, 'succeeded');
    expect(await life.owed()).toBe(1500);
    await failLate(refund._id);
    await life.record();
    expect(await life.owed()).toBe(2000);
    const [item] = await life.listed();
    const reason = 'Paid by transfer';
    await database.inTransaction((session) => operations().close({ item: item!, by, reason, session }));
    expect([await life.owed(), await life.listed()]).toEqual([0, []]);
    expect((await life.timeline()).at(-1)).toBe(
      'An operator returned the owed 20.00 EUR by other means (Paid by transfer).',
    );
  });
});

const failLate = (refundId: string) =>
  keepGatewayEvent({
    database,
    gateway: 'sandbox',
    correlationId: 'test',
    notice: {
      eventId: newId('event'),
      type: 'refund.failed',
      tenantId,
      idempotencyKey: `${refundId}:refund:1`,
      authorisationId: 'auth_1',
      refundFailed: true,
    },
  });
