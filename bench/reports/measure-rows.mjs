import { billedActionsOf } from '../../src/testing/histories/billed-actions.ts';
import { spread } from '../measure-requests.mjs';
import { DAY, daysAgo } from './report-shop.mjs';

/** Payments of the two days of a ratio; a report of a third day, without any, costs what every report does. */
const [FEW, MANY] = [10_000, 100_000];
const DATES = { none: daysAgo(5), few: daysAgo(7), many: daysAgo(9) };
const WARM_UP = 1;
const ROUNDS = 3;
const FORMATS = ['json', 'csv', 'html', 'pdf'];

/**
 * Measures reports of payments as CSV with 10,000 and with 100,000 rows, beside a bare cursor into fast-csv: the CPU of
 * the worker a row, and its memory over that of an idle one. Counts the billed actions of a report in four formats.
 */
export async function measureRows({ shop, seeds, workflow, startBareCsv }) {
  const tenant = await shop.newTenant();
  const { tenantId } = tenant;
  await seeds.insertPayments({ tenantId, date: DATES.few, count: FEW });
  await seeds.insertPayments({ tenantId, date: DATES.many, count: MANY });
  const bare = await startBareCsv();
  try {
    const report = (date) => shop.report(tenant, { type: 'payments', date });
    const rounds = [];
    const peaks = { few: [], many: [] };
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const none = await report(DATES.none);
      const few = await report(DATES.few);
      const many = await report(DATES.many);
      const bareMicros = await exportBare(bare, { tenantId, date: DATES.many, rows: MANY });
      const microsOf = ({ cpuMs }, rows) => ((cpuMs - none.cpuMs) * 1000) / rows;
      requireRows(few, FEW);
      requireRows(many, MANY);
      peaks.few.push(few.peakRssBytes);
      peaks.many.push(many.peakRssBytes);
      if (round >= 0)
        rounds.push({ noneMs: none.cpuMs, few: microsOf(few, FEW), many: microsOf(many, MANY), bareMicros });
    }
    const of = (figure) => spread(rounds.map(figure));
    return {
      rounds: rounds.length,
      rows: { few: FEW, many: MANY },
      noneMs: of(({ noneMs }) => noneMs),
      micros: { few: of(({ few }) => few), many: of(({ many }) => many), bare: of(({ bareMicros }) => bareMicros) },
      manyOverFew: of(({ few, many }) => many / few),
      manyOverBare: of(({ many, bareMicros }) => many / bareMicros),
      rssBytes: {
        idle: shop.idleRssBytes,
        few: Math.max(...peaks.few),
        many: Math.max(...peaks.many),
      },
      actions: await actionsOf({ shop, tenant, workflow }),
    };
  } finally {
    await bare.end();
  }
}

function requireRows({ report }, rows) {
  if (report.rowCount !== rows) throw new Error(`${report.id} has ${report.rowCount} rows, not ${rows}`);
}

async function actionsOf({ shop, tenant, workflow }) {
  const { report } = await shop.report(tenant, { type: 'payments', date: DATES.few, formats: FORMATS });
  const { events } = await workflow.getHandle(`analyticsReport/${report.id}`).fetchHistory();
  const counts = {};
  for (const action of billedActionsOf(events)) counts[action] = (counts[action] ?? 0) + 1;
  return { formats: FORMATS, counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) };
}

/** Returns the microseconds of CPU that a row of a day takes the bare export. */
async function exportBare(bare, { tenantId, date, rows }) {
  const to = new Date(Date.parse(date) + DAY).toISOString();
  const message = { exportDay: { tenantId, from: date, to } };
  const exported = await bare.request({ message, reply: 'exported', withinMs: 120_000 });
  if (exported.rows !== rows) throw new Error(`The bare cursor found ${exported.rows} rows, not ${rows}`);
  return exported.micros;
}
