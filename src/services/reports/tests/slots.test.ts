import { newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import { beginReport } from '../advance-report';
import { cancelReport } from '../end-report';
import { orderWindow } from '../order-report';

let database: Database;
let drop: () => Promise<void>;
let tenantId: string;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop?.());
beforeEach(() => {
  tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
});

const at = new Date('2026-07-01T00:00:00Z');

async function accept(): Promise<string> {
  const window = windowOf({ period: '2026-03', timeZone: 'UTC', now: at.toISOString() });
  const asked = { tenantId, type: 'summary', window, filters: {}, formats: ['csv'] as const };
  const order = await orderWindow({ database, asked, at, asOf: at });
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
  return (await database.inTransaction((session) => acceptReport({ ...about, session }))).report._id;
}
const step = (reportId: string, name: string) => ({
  database,
  tenantId,
  reportId,
  chain: reportId,
  step: name,
  at: at.toISOString(),
});
const begin = (reportId: string) => beginReport(step(reportId, 'begin'));
const read = (reportId: string) => database.models.reports.findById(reportId).lean().orFail();

/** Two reports hold the places, and one that gathered before begins again. */
async function threeReports() {
  const [one, two, again] = [await accept(), await accept(), await accept()];
  for (const reportId of [one, two]) await begin(reportId);
  await database.models.reports.updateOne({ _id: again }, { $set: { state: 'gathering', chain: again } });
  expect(await begin(again)).toMatchObject({ hasSlot: false, state: 'gathering' });
  return { one, again };
}

it('a report that begins again while it gathers waits like others, and is woken by who leaves a place', async () => {
  const { one, again } = await threeReports();
  expect(await read(again)).toMatchObject({ waiting: true });
  await cancelReport(step(one, 'cancel'));
  const woken = await database.models.outbox.find({ tenantId, entityId: again, signal: { $ne: null } }).lean();
  expect(woken).toHaveLength(1);
  expect(await begin(again)).toMatchObject({ hasSlot: true });
});

it('a report that takes a place without having been woken waits no longer', async () => {
  const { one, again } = await threeReports();
  await database.models.reportSlots.updateOne({ _id: tenantId }, { $pull: { reportIds: one } });
  expect(await begin(again)).toMatchObject({ hasSlot: true, state: 'gathering' });
  expect(await read(again)).toMatchObject({ waiting: false });
});
