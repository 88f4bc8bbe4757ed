import { newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { presentReport } from '../../../http/reports/present-report';
import type { Report } from '../../../models/reports/report';
import { expectSchema } from '../../../testing/expect-contract';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import { orderWindow } from '../order-report';
import { reportRemedies } from '../remedies';
import { openFileWorld, tenantId, type FileWorld } from './file-world';

let world: FileWorld;
beforeAll(async () => {
  world = await openFileWorld();
});
afterAll(() => world?.drop());

it('a report that an operator closes leaves no file and no part behind', async () => {
  const { database } = world;
  const { models } = database;
  const at = new Date('2026-07-01T00:00:00Z');
  const window = windowOf({ period: '2026-03', timeZone: 'UTC', now: at.toISOString() });
  const asked = { tenantId, type: 'payments', window, filters: {}, formats: ['csv'] as const };
  const order = await orderWindow({ database, asked, at, asOf: new Date() });
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
  const { report } = await database.inTransaction((session) => acceptReport({ ...about, session }));
  const reportId = report._id;
  await models.reports.updateOne({ _id: reportId }, { $set: { state: 'rendering' } });
  const part = { section: 'movements', part: 0, rows: Buffer.alloc(0), rowCount: 0, after: null, state: {} };
  await models.reportParts.collection.insertOne({ _id: `${reportId}/0`, tenantId, reportId, ...part } as never);
  const file = await world.ready(reportId);
  const other = await world.ready(newId('report'));

  const terminated: string[] = [];
  const workflows = {
    isRunning: async () => false,
    terminate: async ({ workflowId }: { workflowId: string }) => void terminated.push(workflowId),
  };
  const subject = `analyticsReport/${reportId}`;
  const item = { _id: newId('stuckItem'), tenantId, entityType: 'report', entityId: reportId, subject } as never;
  const closing = { item, by: tester, at: at.toISOString(), reason: null };
  await database.inTransaction((session) =>
    reportRemedies({ database, workflows }).report.close({ ...closing, session }),
  );

  expect(terminated).toEqual([subject]);
  const closed = await models.reports.findById(reportId).lean<Report>().orFail();
  expect(closed).toMatchObject({ state: 'failed', files: [], failure: { code: 'CLOSED_BY_OPERATOR' } });
  expectSchema('Report', presentReport(closed));
  expect(await models.reportParts.countDocuments({ reportId })).toBe(0);
  await world.sweep();
  expect(await Promise.all([world.rowOf(file._id), world.chunks(file._id)])).toEqual([null, 0]);
  expect(await world.rowOf(other._id)).toMatchObject({ state: 'ready' });
});
