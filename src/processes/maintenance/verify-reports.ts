import { setTimeout } from 'node:timers/promises';
import { readConfig } from '../../../config/env';
import { openDatabase, type Database } from '../../models/database';
import { areBucketsBuilt } from '../../services/reports/buckets/buckets-progress';
import { compareDay } from '../../services/reports/buckets/compare-day';
import { comparePostings } from '../../services/reports/buckets/compare-postings';
import type { RecordedDay } from '../../models/reconciler-state';
import { nextRecordedDay } from '../../services/reports/buckets/recorded-days';
import { compareMovements } from '../../services/subscriptions/mrr/compare-movements';

export interface VerifyReportsInput {
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/** Work under way at the first check has arrived at the second. */
const RECHECK_AFTER_MS = 2000;

/**
 * `--verify-reports`. Rebuilds what reports count from its source, and compares: the MRR movements of every tenant from
 * the events of its subscriptions, and the buckets from the events and the ledger. Prints the differences of all
 * tenants; resolves to true when there are none.
 */
export async function verifyReports({ env, print }: VerifyReportsInput): Promise<boolean> {
  const { mongodb } = readConfig({ env, role: 'verify-reports' });
  const database = openDatabase({ uri: mongodb.uri, appName: 'partner-platform-verify-reports', maxPoolSize: 5 });
  try {
    await database.connection.asPromise();
    const differing = (await verifyMovements(database, print)) + (await verifyBuckets(database, print));
    print(differing === 0 ? 'The facts of the reports agree with their source.' : `${differing} difference(s).`);
    return differing === 0;
  } finally {
    await database.close();
  }
}

type Print = VerifyReportsInput['print'];

async function verifyMovements(database: Database, print: Print): Promise<number> {
  let differing = 0;
  for (const tenantId of await tenantsWithSubscriptions(database)) {
    let movements = 0;
    const differences = await twice(async () => {
      const compared = await compareMovements({ database, tenantId });
      movements = compared.movements;
      return compared.differences;
    });
    print(`${tenantId}: ${movements} MRR movement(s), ${differences.length} difference(s)`);
    for (const difference of differences) print(`differs ${tenantId}: ${difference}`);
    differing += differences.length;
  }
  return differing;
}

async function tenantsWithSubscriptions({ models }: Database): Promise<string[]> {
  const found = await Promise.all([
    models.subscriptions.distinct('tenantId'),
    models.mrrMovements.distinct('tenantId'),
  ]);
  return [...new Set(found.flat())].sort();
}

/** Compares the buckets of each tenant by the days on which events were recorded, and their money with the ledger. */
async function verifyBuckets(database: Database, print: Print): Promise<number> {
  if (!(await areBucketsBuilt({ database }))) {
    print(
      'The buckets are not counted yet: a worker does that within minutes, and reports read the source until then.',
    );
    return 0;
  }
  let differing = 0;
  let day = await nextRecordedDay({ database, after: null });
  while (day !== null) {
    const { tenantId } = day;
    const differences: string[] = [];
    let days = 0;
    for (; day?.tenantId === tenantId; days += 1) {
      const compared: RecordedDay = day;
      differences.push(...(await twice(() => compareDay({ database, ...compared }))));
      day = await nextRecordedDay({ database, after: compared });
    }
    differences.push(...(await twice(() => comparePostings({ database, tenantId }))));
    print(`${tenantId}: buckets of ${days} day(s), ${differences.length} difference(s)`);
    for (const difference of differences) print(`differs ${tenantId}: ${difference}`);
    differing += differences.length;
  }
  return differing;
}

/** Returns the differences that a second look finds too. */
async function twice(compare: () => Promise<string[]>): Promise<string[]> {
  const first = await compare();
  if (first.length === 0) return first;
  await setTimeout(RECHECK_AFTER_MS);
  const second = new Set(await compare());
  return first.filter((difference) => second.has(difference));
}
