import { createHash } from 'node:crypto';
import { createGridFsFileStore } from '../../../clients/storage/gridfs-file-store';
import { StorageUnavailable, type FileStore } from '../../../domain/reports/file-store';
import type { Report } from '../../../models/reports/report';
import { offerCsvFile } from '../../../testing/contract/offer-csv-file';
import { seedReport } from '../../../testing/contract/seed-report';
import type { TestTenant } from '../../../testing/contract/contract-world';
import { expectContract } from '../../../testing/expect-contract';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

const CSV = 'paymentId,amount,currency\r\npay_1,-10.50,EUR\r\n';
const sha256 = createHash('sha256').update(CSV).digest('hex');
const ETag = `"${sha256}"`;

let api: TestApi;
let tenant: TestTenant;
let reportId: string;
let drop: () => Promise<void>;
const storage = { isAway: false };

/** A store that is away while a test says so. */
const mayBeAway = (store: FileStore): FileStore => ({
  ...store,
  read: async (input) => {
    if (storage.isAway) throw new StorageUnavailable('no response');
    return store.read(input);
  },
});

beforeAll(async () => {
  const opened = await openTestDatabase();
  ({ drop } = opened);
  const { database } = opened;
  const store = createGridFsFileStore({ database });
  api = await startTestApi({ database, fileStore: mayBeAway(store) });
  tenant = await api.newTenant();
  ({ reportId } = await seedReport({ api, key: tenant.key }));
  await offerCsvFile({ database, store, tenantId: tenant.tenantId, reportId, content: CSV });
});
afterAll(async () => {
  await api.stop();
  await drop();
});

const setReport = (set: Partial<Report>) => api.database.models.reports.updateOne({ _id: reportId }, { $set: set });
const download = (headers: Record<string, string> = {}, key = tenant.key, format = 'csv') =>
  api.call('get', `/reports/${reportId}/files/${format}`, key).set(headers);

it('streams a file with its name, type, length and digest, and nothing in it may run', async () => {
  const answer = expectContract(await download());
  expect([answer.status, answer.text]).toEqual([200, CSV]);
  expect(answer.headers).toMatchObject({
    etag: ETag,
    'accept-ranges': 'bytes',
    'content-type': 'text/csv',
    'content-length': String(CSV.length),
    'content-disposition': 'attachment; filename="payments-2026-03.csv"',
    'cache-control': 'no-store',
  });
  expect(answer.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  const head = await api.call('head', `/reports/${reportId}/files/csv`, tenant.key).set({ Range: 'bytes=0-1' });
  expect([head.status, head.headers['content-length'], head.headers.etag]).toEqual([200, String(CSV.length), ETag]);
});

it('takes any type that the caller accepts for that of the file', async () => {
  expect((await download({ Accept: 'text/csv' })).status).toBe(200);
});

it('sends a part of it', async () => {
  const part = expectContract(await download({ Range: 'bytes=10-16' }));
  expect([part.status, part.text]).toEqual([206, CSV.slice(10, 17)]);
  expect(part.headers).toMatchObject({ 'content-range': `bytes 10-16/${CSV.length}`, 'content-length': '7' });
  expect((await download({ Range: 'bytes=0-1', 'If-Range': ETag })).status).toBe(206);
  expect((await download({ Range: 'bytes=0-1', 'If-Range': '"another"' })).status).toBe(200);
  const beyond = expectContract(await download({ Range: `bytes=${CSV.length}-` }));
  expect([beyond.status, beyond.body.code]).toEqual([416, 'RANGE_NOT_SATISFIABLE']);
  expect(beyond.headers['content-range']).toBe(`bytes */${CSV.length}`);
});

it('is not sent again to a caller who holds it', async () => {
  expect((await download({ 'If-None-Match': ETag })).status).toBe(304);
  // A condition comes before a range (RFC 9110 §13.2.2).
  for (const Range of ['bytes=0-1', `bytes=${CSV.length}-`]) {
    const { status, headers } = await download({ 'If-None-Match': ETag, Range });
    expect([status, headers.etag, headers['content-range']]).toEqual([304, ETag, undefined]);
  }
});

it('another format, and a file of another tenant, is not found', async () => {
  const stranger = await api.newTenant();
  for (const answer of [await download({}, tenant.key, 'pdf'), await download({}, stranger.key)])
    expect([answer.status, expectContract(answer).body.code]).toEqual([404, 'NOT_FOUND']);
});

it.each([
  ['gathering', 409, 'REPORT_NOT_READY'],
  ['failed', 409, 'REPORT_NOT_READY'],
  ['expired', 410, 'REPORT_EXPIRED'],
] as const)('of a report that is %s is refused with its reason', async (state, status, code) => {
  await setReport({ state });
  const answer = expectContract(await download());
  await setReport({ state: 'completed' });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

it('a storage that is away is a 503 that asks to try again', async () => {
  storage.isAway = true;
  const answer = expectContract(await download());
  storage.isAway = false;
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'STORAGE_UNAVAILABLE', '5']);
});

// Last, because nothing repairs the file.
it("a damaged file breaks the connection, and is in the log and on the operator's list", async () => {
  const { storedChunks } = api.database.models;
  const damaged = Buffer.from(CSV.replace('10.50', '11.50'));
  await storedChunks.collection.updateMany({}, { $set: { data: damaged } });
  await expect(download()).rejects.toThrow(/socket hang up|aborted|ECONNRESET/);
  expect(JSON.stringify(api.lines)).toContain('FileDamaged');
  const { body } = expectContract(await api.call('get', '/operations/stuck?kind=file_damaged', OPERATOR_KEY));
  expect(body.items).toMatchObject([{ entityType: 'report', detail: expect.stringContaining('csv') }]);
});

it('shows the points of charts with a report, and not in a list', async () => {
  await setReport({ series: [{ id: 'captured', currency: 'EUR', points: [] }] as never });
  const [one, list] = [
    await api.call('get', `/reports/${reportId}`, tenant.key),
    await api.call('get', '/reports', tenant.key),
  ];
  expect(one.body.series).toHaveLength(1);
  expect(list.body.items).toMatchObject([{ id: reportId, series: null }]);
  await setReport({ series: null });
});
