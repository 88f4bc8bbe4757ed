import { setTimeout as sleep } from 'node:timers/promises';
import { openPaymentWorld, type PaymentWorld } from '../../../src/testing/worlds/payment-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { waitFor } from '../../../src/testing/wait-for';

const DAY = 86_400_000;
const AHEAD = 31 * DAY;
/** Longer than the server needs to skip time by mistake. */
const A_WHILE_MS = 2_000;
const BIG = { amountMinor: 2_000_000, currency: 'EUR' };

let world: PaymentWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openPaymentWorld();
  const { database, tenantId } = world;
  await database.models.sandboxClocks.create({
    _id: tenantId,
    tenantId,
    offsetMs: AHEAD,
    advancing: null,
    updatedAt: new Date(),
  });
});
afterAll(() => world?.close());

/** Returns the types of an entity's events, and expects all of them in the tenant's time. */
async function timelineInTenantTime(entityId: string): Promise<string[]> {
  const events = await world.database.models.events.find({ entityId }).sort({ version: 1 }).lean();
  const nowMs = (await world.clock.now(world.tenantId)).getTime();
  for (const { type, at } of events) expect([type, Math.abs(at.getTime() - nowMs) < 60_000]).toEqual([type, true]);
  const times = events.map(({ at }) => at.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
  return events.map(({ type }) => type);
}

describe('in a sandbox 31 days ahead', () => {
  it('a manual authorisation waits seven days of tenant time for its capture', async () => {
    const id = await world.pay({ capture: 'manual' });
    await world.until(id, 'authorised');
    await sleep(A_WHILE_MS);
    const { state, until } = await world.read(id);
    expect(state).toBe('authorised');
    expect(until!.getTime() - (await world.clock.now(world.tenantId)).getTime()).toBeGreaterThan(6.9 * DAY);
    expect(await timelineInTenantTime(id)).toContain('payment.authorised');

    await world.command(id, 'capturePayment');
    await world.handle(id).result();
    const refundId = await world.refund(id);
    await waitFor(async () => (await world.readRefund(refundId)).state === 'succeeded', { what: 'the refund' });
    expect(await timelineInTenantTime(refundId)).toContain('refund.succeeded');
    expect(await timelineInTenantTime(id)).toContain('payment.refund_succeeded');
    await recordHistory('payment-born-in-an-advanced-sandbox', world.handle(id));
    await recordHistory('payment-refund-born-in-an-advanced-sandbox', world.refundHandle(refundId));
  });

  it('a review does not end before a reviewer could decide', async () => {
    const id = await world.pay({ amount: BIG });
    await world.until(id, 'review');
    await sleep(A_WHILE_MS);
    expect((await world.read(id)).state).toBe('review');
    await world.command(id, 'reviewPayment', { decision: 'approve' });
    await world.until(id, 'captured');
    await timelineInTenantTime(id);
  });

  it("a cancel that arrives with the start is dated in the tenant's time", async () => {
    const { payment } = await world.accept();
    await world.command(payment._id, 'cancelPayment');
    await world.until(payment._id, 'cancelled');
    await timelineInTenantTime(payment._id);
  });
});
