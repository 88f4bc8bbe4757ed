import { refundPaymentId } from '../contracts/payment';
import { newId } from '../domain/ids';
import { tenantIdOf } from '../domain/tenant';
import type { Database } from '../models/database';
import { keepGatewayEvent } from '../models/gateway-event';
import { seedPayment } from '../testing/seed-payment';
import { openTestDatabase } from '../testing/test-database';
import { createStuckOperations } from './stuck-operations';

let database: Database;
let drop: () => Promise<void>;
const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
const by = { kind: 'operator', id: null } as const;

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const refund = async (state: 'pending' | 'succeeded' | 'failed') => {
  const { refundId } = await seedPayment({ api: { database }, tenantId });
  await database.models.refunds.updateOne({ _id: refundId }, { $set: { state } });
  return refundId;
};
const report = (refundId: string, { hasFailed = true } = {}) =>
  keepGatewayEvent({
    database, gateway: 'stripe', correlationId: 'test',
    notice: { eventId: newId('event'), type: 'refund.updated', tenantId, idempotencyKey: `${refundId}:refund:1`, authorisationId: 'pi_1', ...(hasFailed && { refundFailed: true }) },
  });
const listed = (entityId: string) => database.models.stuckItems.find({ entityId, open: true }).lean();

describe('a refund that fails after the gateway had called it done', () => {
  it('is on the operator\'s list, once however often it is reported, and leaves it when the operator has seen to it', async () => {
    const refundId = await refund('succeeded');
    for (let time = 0; time < 3; time++) expect(await report(refundId)).toBeNull();
    const [item, ...others] = await listed(refundId);
    expect(others).toEqual([]);
    expect(item).toMatchObject({ tenantId, kind: 'refund_failed_late', entityType: 'refund', subject: refundPaymentId(refundId), detail: expect.stringContaining('100 minor units of EUR') });

    const operations = createStuckOperations({ database, workflows: undefined as never });
    await expect(database.inTransaction((session) => operations.restart({ item: item!, by, session }))).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(await database.inTransaction((session) => operations.close({ item: item!, by, reason: 'Paid by transfer', session }))).toMatchObject({ state: 'closed' });
    await report(refundId);
    expect(await listed(refundId)).toEqual([]);
  });

  it('is nothing new of a refund that is under way or has failed, nor is other news of one that succeeded', async () => {
    const [pending, failed, succeeded] = [await refund('pending'), await refund('failed'), await refund('succeeded')];
    expect(await report(pending)).toMatchObject({ signal: { workflowId: refundPaymentId(pending) } });
    await report(failed);
    await report(succeeded, { hasFailed: false });
    for (const id of [pending, failed, succeeded]) expect(await listed(id)).toEqual([]);
  });
});
