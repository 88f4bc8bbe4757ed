import { Client, Connection } from '@temporalio/client';
import { loadSeeds } from '../growth/load-seeds.mjs';
import { measureConsumer } from './measure-consumer.mjs';
import { measureDay } from './measure-day.mjs';
import { measureDownload } from './measure-download.mjs';
import { measureRows } from './measure-rows.mjs';
import { measureYear } from './measure-year.mjs';
import { openReportShop } from './report-shop.mjs';

/** Measures what reports cost: their rows, a day among many events, a year, the consumer, and a large download. */
export async function measureReports(programs) {
  const { root, results, startRole, createTenant, startBareCsv, mongodbUri, temporalAddress } = programs;
  const { openSeeds } = await loadSeeds({ root, results, seeds: 'reports/seed-reports.ts' });
  const connection = await Connection.connect({ address: temporalAddress });
  const { workflow } = new Client({ connection });
  const shop = await openReportShop({ startRole, createTenant });
  const seeds = await openSeeds({ uri: mongodbUri });
  try {
    return {
      rows: await measureRows({ shop, seeds, workflow, startBareCsv }),
      day: await measureDay({ shop, seeds, mongodbUri }),
      year: await measureYear({ shop, seeds }),
      consumer: await measureConsumer(programs),
      download: await measureDownload({ shop, seeds }),
    };
  } finally {
    await seeds.close();
    await shop.end();
    await connection.close();
  }
}
