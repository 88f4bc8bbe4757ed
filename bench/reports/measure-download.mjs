import { spread } from '../measure-requests.mjs';
import { daysAgo, withPeak } from './report-shop.mjs';

const ROWS = 500_000;
const WARM_UP = 1;
const ROUNDS = 5;

/** Measures downloads of a CSV file of 500,000 rows: the time of the first byte, and the memory of the api. */
export async function measureDownload({ shop, seeds }) {
  const tenant = await shop.newTenant();
  const { report } = await shop.report(tenant, { type: 'payments', date: daysAgo(2) });
  const url = `${shop.api.url}/api/v1/reports/${report.id}/files/csv`;
  const headers = { authorization: `Bearer ${tenant.key}` };
  // The first download of a file, here of an empty one, also loads what all of them share.
  await download({ url, headers });
  const bytes = await seeds.replaceCsv({ tenantId: tenant.tenantId, reportId: report.id, rows: ROWS });
  const rounds = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const before = (await shop.api.query('usage')).rssBytes;
    const { result, peak } = await withPeak(shop.api, () => download({ url, headers }));
    if (result.bytes !== bytes) throw new Error(`${result.bytes} bytes of ${bytes} were downloaded`);
    if (round >= 0) rounds.push({ ...result, grownBytes: peak - before });
  }
  const of = (figure) => spread(rounds.map(figure));
  return {
    rounds: rounds.length,
    rows: ROWS,
    bytes,
    firstByteMs: of(({ firstByteMs }) => firstByteMs),
    ms: of(({ ms }) => ms),
    grownBytes: of(({ grownBytes }) => grownBytes),
  };
}

async function download({ url, headers }) {
  const begun = performance.now();
  const response = await fetch(url, { headers });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  let [bytes, firstByteMs] = [0, null];
  for await (const chunk of response.body) {
    firstByteMs ??= performance.now() - begun;
    bytes += chunk.length;
  }
  return { bytes, firstByteMs, ms: performance.now() - begun };
}
