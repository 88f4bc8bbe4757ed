import { createGridFsFileStore } from '../../../clients/storage/gridfs-file-store';
import type { TestTenant } from '../../../testing/contract/contract-world';
import { offerCsvFile } from '../../../testing/contract/offer-csv-file';
import { seedReport } from '../../../testing/contract/seed-report';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

const CSV = 'paymentId,amount,currency\r\npay_1,-10.50,EUR\r\n';
const ORIGIN = 'https://api.example.com/api/v1';

let api: TestApi;
let tenant: TestTenant;
let reportId: string;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  const { database } = api;
  tenant = await api.newTenant();
  ({ reportId } = await seedReport({ api, key: tenant.key }));
  const { tenantId } = tenant;
  await offerCsvFile({ database, store: createGridFsFileStore({ database }), tenantId, reportId, content: CSV });
});
afterAll(() => api.stop());

const make = (body: object = { format: 'csv' }, key = tenant.key) =>
  api.call('post', `/reports/${reportId}/links`, key).send(body);
const list = async () => (await api.call('get', `/reports/${reportId}/links`, tenant.key)).body.items;
const open = async (url: string, headers: Record<string, string> = {}) =>
  expectContract(await api.call('get', url.replace(ORIGIN, '')).set(headers));
const setClock = (offsetMs: number) => {
  const { tenantId } = tenant;
  const rest = { tenantId, updatedAt: new Date(), advancing: null, resetting: null, resets: 0 };
  return api.database.models.sandboxClocks.updateOne(
    { _id: tenantId },
    { $set: { offsetMs }, $setOnInsert: rest },
    { upsert: true },
  );
};

it('whoever has a link gets the file without a key, any number of times, and no cache or search keeps it', async () => {
  const { status, body } = expectContract(await make());
  expect([status, body.state]).toEqual([201, 'active']);
  expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(7 * 86_400_000);
  for (let times = 0; times < 3; times += 1) {
    const answer = await open(body.url);
    expect([answer.status, answer.text]).toEqual([200, CSV]);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
    });
  }
  expect(await open(body.url, { Range: 'bytes=10-16' })).toMatchObject({ status: 206, text: CSV.slice(10, 17) });
});

it('shows the address once, and stores and logs no token', async () => {
  const key = 'one-key-for-two-requests';
  const [first, again] = [await make().set('Idempotency-Key', key), await make().set('Idempotency-Key', key)];
  expect(again.body).toEqual({ ...first.body, url: null });
  const token = String(first.body.url).split('/').at(-1)!;
  expect(token).toHaveLength(43);
  await open(first.body.url);
  expect(await list()).toMatchObject([{ id: first.body.id, recipient: null }]);
  const { reportLinks, idempotency, events } = api.database.models;
  const stored = [await reportLinks.find({}).lean(), await idempotency.find({}).lean(), await events.find({}).lean()];
  expect(JSON.stringify([stored, api.lines, await list()])).not.toContain(token);
});

it('a link that is unknown, has expired, was revoked, or whose report has no files looks the same', async () => {
  const of = async (expiresIn: string) => (await make({ format: 'csv', expiresIn })).body;
  const [revoked, expired, gone] = [await of('P30D'), await of('PT36H'), await of('P30D')];
  const path = `/reports/${reportId}/links/${revoked.id}`;
  for (let times = 0; times < 2; times += 1) expect((await api.call('delete', path, tenant.key)).status).toBe(204);
  await setClock(36 * 3_600_000);
  expect((await open(gone.url)).status).toBe(200);
  expect((await list()).map(({ state }: { state: string }) => state)).toEqual(['active', 'expired', 'revoked']);
  const { reports } = api.database.models;
  const answers = [await open(`/report-links/${'x'.repeat(43)}`), await open(revoked.url), await open(expired.url)];
  await reports.updateOne({ _id: reportId }, { $set: { state: 'expired' } });
  answers.push(await open(gone.url));
  const shown = answers.map(({ status, body, headers }) => ({
    status,
    body: { ...body, correlationId: null },
    headers: { ...headers, 'x-correlation-id': null, date: null },
  }));
  expect(shown[0]).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  for (const other of shown) expect(other).toEqual(shown[0]);
});

it.each([
  [422, 'LINK_EXPIRY_INVALID', '/expiresIn', { format: 'csv', expiresIn: 'P31D' }],
  [422, 'FORMAT_NOT_OFFERED', '/format', { format: 'pdf' }],
])('refuses with %d %s at %s', async (status, code, pointer, body) => {
  const answer = expectContract(await make(body));
  expect([answer.status, answer.body.code, answer.body.errors?.[0]?.pointer]).toEqual([status, code, pointer]);
});

it('needs a report that is completed', async () => {
  await api.database.models.reports.updateOne({ _id: reportId }, { $set: { state: 'gathering', files: [] } });
  expect(expectContract(await make())).toMatchObject({ status: 409, body: { code: 'REPORT_NOT_READY' } });
});
