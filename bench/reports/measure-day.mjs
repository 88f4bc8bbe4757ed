import { explainedReads, reasonNotToTrust } from '../growth/explained-reads.mjs';
import { spread } from '../measure-requests.mjs';
import { daysAgo } from './report-shop.mjs';

/** Events of a tenant, in the two parts of a ratio; as many of each are of the day of the report. */
const [FEW, MANY] = [10_000, 200_000];
const OF_DAY = 2000;
/** The other events are of so many days, the nearest of them before the day that a summary compares with. */
const DAYS = 4;
const DATE = daysAgo(2);
const WARM_UP = 2;
const ROUNDS = 7;

/**
 * Measures the summary of a day for a tenant with 10,000 events and for one with 200,000, of which as many are of that
 * day: the CPU of the worker by turns, and what its reads of events examine.
 */
export async function measureDay({ shop, seeds, mongodbUri }) {
  const tenants = [];
  for (const count of [FEW, MANY]) {
    const tenant = await shop.newTenant();
    const { tenantId } = tenant;
    await seeds.insertEvents({ tenantId, date: DATE, count: OF_DAY });
    for (let day = 0; day < DAYS; day += 1)
      await seeds.insertEvents({ tenantId, date: daysAgo(4 + day), count: (count - OF_DAY) / DAYS });
    tenants.push(tenant);
  }
  const [few, many] = tenants;
  const summary = (tenant) => shop.report(tenant, { type: 'summary', date: DATE });
  const rounds = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const [ofFew, ofMany] = [await summary(few), await summary(many)];
    if (round >= 0) rounds.push({ few: ofFew.cpuMs, many: ofMany.cpuMs });
  }
  const explained = await explainedReads(shop.worker, () => summary(many));
  const reads = explained.filter(({ read }) => read.startsWith('find events by tenantId, type, at'));
  const sum = (field) => reads.reduce((total, read) => total + read[field], 0);
  return {
    rounds: rounds.length,
    events: { few: FEW, many: MANY, ofDay: OF_DAY },
    cpuMs: { few: spread(rounds.map(({ few: ms }) => ms)), many: spread(rounds.map(({ many: ms }) => ms)) },
    cpuRatio: spread(rounds.map(({ few: base, many: ms }) => ms / base)),
    examined: { documents: sum('documents'), keys: sum('keys'), used: sum('returned') },
    model: await reasonNotToTrust(mongodbUri),
  };
}
