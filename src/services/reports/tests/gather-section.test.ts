import { newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import type { SectionGatherer } from '../gather/gatherer';
import { gatherers } from '../gather/gatherers';
import { gatherSection, MAX_PART_PAGES } from '../gather-section';
import { orderWindow } from '../order-report';

let database: Database;
let drop: () => Promise<void>;
const section = 'figures';
const sections = gatherers.summary.sections as Record<string, SectionGatherer>;
const { [section]: own } = sections;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(async () => {
  sections[section] = own!;
  await drop();
});

/** Reads so many pages without a row; the state counts them. */
const withoutRows = (pages: number, read: (page: number) => void): SectionGatherer => ({
  start: () => ({ pages: 0 }),
  readPage: async ({ after, state }) => {
    const page = Number(after ?? 0) + 1;
    read(page);
    return { rows: [], after: page === pages ? null : String(page), state: { pages: Number(state.pages) + 1 } };
  },
  contentOf: () => ({ figures: [], series: [] }),
});

it('a killed reading of facts without rows goes on after the last part', async () => {
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
  const at = new Date('2026-07-01T00:00:00Z');
  const window = windowOf({ period: '2026-03', timeZone: 'UTC', now: at.toISOString() });
  const asked = { tenantId, type: 'summary', window, filters: {}, formats: ['csv'] as const };
  const order = await orderWindow({ database, asked, at, asOf: at });
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
  const { report } = await database.inTransaction((session) => acceptReport({ ...about, session }));
  const reportId = report._id;
  await database.models.reports.updateOne({ _id: reportId }, { $set: { state: 'gathering', chain: 'chain' } });

  const read: number[] = [];
  const pages = 2 * MAX_PART_PAGES + 1;
  sections[section] = withoutRows(pages, (page) => read.push(page));
  const gather = (onPage = (): void => undefined) =>
    gatherSection({ database, tenantId, reportId, chain: 'chain', section, onPage });
  const kill = () => {
    if (read.length === MAX_PART_PAGES + 1) throw new Error('killed');
  };
  await expect(gather(kill)).rejects.toThrow('killed');
  await gather();
  expect(read[MAX_PART_PAGES + 1]).toBe(MAX_PART_PAGES + 1);
  const parts = await database.models.reportParts.find({ reportId }).sort({ part: 1 }).lean();
  expect(parts.map(({ part, state, after }) => [part, state.pages, after])).toEqual([
    [0, MAX_PART_PAGES, String(MAX_PART_PAGES)],
    [1, 2 * MAX_PART_PAGES, String(2 * MAX_PART_PAGES)],
    [2, pages, null],
  ]);
});
