import { spread } from '../measure-requests.mjs';
import { DAY } from './report-shop.mjs';

const YEAR = new Date().getUTCFullYear() - 1;
const PER_DAY = 1000;
const WARM_UP = 1;
const ROUNDS = 3;

/** Measures the summary of a year of 365,000 events by buckets and by the source, by turns: the CPU of the worker. */
export async function measureYear({ shop, seeds }) {
  const tenant = await shop.newTenant();
  const { tenantId } = tenant;
  const [begin, end] = [Date.UTC(YEAR), Date.UTC(YEAR + 1)];
  for (let at = begin; at < end; at += DAY)
    await seeds.insertEvents({ tenantId, date: new Date(at).toISOString().slice(0, 10), count: PER_DAY });
  const documents = await seeds.countBuckets({ tenantId });
  const rounds = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const made = {};
    for (const readBy of ['source', 'buckets']) {
      await seeds.readBy(readBy);
      made[readBy] = await shop.report(tenant, { type: 'summary', date: String(YEAR) });
    }
    const { source, buckets } = made;
    if (source.report.dataDigest !== buckets.report.dataDigest)
      throw new Error('The year is another by buckets than by the source');
    if (round >= 0) rounds.push({ source: source.cpuMs, buckets: buckets.cpuMs });
  }
  const of = (figure) => spread(rounds.map(figure));
  return {
    rounds: rounds.length,
    events: (PER_DAY * (end - begin)) / DAY,
    documents,
    cpuMs: { source: of(({ source }) => source), buckets: of(({ buckets }) => buckets) },
    ratio: of(({ source, buckets }) => buckets / source),
  };
}
