import { newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import { orderWindow } from '../order-report';
import { ensureSlots } from '../slots';

let database: Database;
let drop: () => Promise<void>;
let tenantId: string;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());
beforeEach(async () => {
  tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
  await ensureSlots({ database, tenantId });
});

const at = new Date('2026-07-01T00:00:00Z');

/** Accepts the statement of a month, as the api does. */
async function accept(period: string, { asOf = new Date(), timeZone = 'Europe/Berlin' } = {}) {
  const window = windowOf({ period, timeZone, now: at.toISOString() });
  const asked = { tenantId, type: 'statement', window, filters: {}, formats: ['csv'] as const };
  const order = await orderWindow({ database, asked, at, asOf });
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
  return (await database.inTransaction((session) => acceptReport({ ...about, session }))).report;
}
const end = (_id: string, state: 'completed' | 'cancelled') =>
  database.models.reports.updateOne({ _id, tenantId }, { $set: { state } });

it('two statements that are ordered at once join, whichever is first', async () => {
  const asOf = new Date();
  const later = new Date(asOf.getTime() + 1);
  const [february, march] = await Promise.all([accept('2026-02', { asOf }), accept('2026-03', { asOf: later })]);
  expect(february.asOf).toEqual(march.previousAsOf ?? march.asOf);
});

it('a month that was cancelled after the next was accepted is made from which that one goes on', async () => {
  const first = await accept('2026-02');
  await end(first._id, 'completed');
  const second = await accept('2026-02', { asOf: new Date(first.asOf.getTime() + 60_000) });
  const march = await accept('2026-03', { asOf: new Date(first.asOf.getTime() + 90_000) });
  expect(march.previousAsOf).toEqual(second.asOf);
  await expect(accept('2026-02')).rejects.toMatchObject({ code: 'WINDOW_CLOSED' });
  await end(second._id, 'cancelled');
  expect((await accept('2026-02', { asOf: new Date(0) })).asOf).toEqual(second.asOf);
});

it('a month is known by its instants, not by the name of its zone', async () => {
  const february = await accept('2026-02');
  expect((await accept('2026-03', { timeZone: 'europe/berlin' })).previousAsOf).toEqual(february.asOf);
  expect((await accept('2026-03', { timeZone: 'UTC' })).previousAsOf).toBeNull();
  await expect(accept('2026-02', { timeZone: 'Europe/BERLIN' })).rejects.toMatchObject({ code: 'WINDOW_CLOSED' });
});
