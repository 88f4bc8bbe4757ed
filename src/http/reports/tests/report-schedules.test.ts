import { scopes } from '../../../domain/tenant';
import { expectContract } from '../../../testing/expect-contract';
import { runIdOf } from '../../../models/reports/report-run';
import { monthlyPayments } from '../../../testing/contract/seed-report';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startTestApi({ limits: { requestsPerMinute: 1_000_000, maxBodyBytes: 65_536 } });
});
beforeEach(async () => {
  ({ key } = await api.newTenant({ scopes: [...scopes] }));
});

const send = async (method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) =>
  expectContract(await api.call(method, path, key).send(body));
const create = (changes: object = {}) => send('post', '/report-schedules', { ...monthlyPayments, ...changes });

it('makes a schedule that says when it fires next, and what it then reports', async () => {
  const { status, body } = await create({ timeZone: 'Europe/Berlin' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ state: 'active', on: 1, catchUp: 'all', skipEmpty: false, lastRun: null });
  const { items } = (await send('get', `/report-schedules/${body.id}/upcoming?count=3`)).body;
  // Made before 06:00 of the first day of a month, it fires that day, and no window of its own is over.
  const reporting = items.filter(({ windowCount }: { windowCount: number }) => windowCount > 0).slice(0, 2);
  expect(reporting).toMatchObject([
    { at: body.nextAt, windowCount: 1, window: { timeZone: 'Europe/Berlin' } },
    { windowCount: 1 },
  ]);
  expect(reporting[0].localTime).toMatch(/-01T06:00$/);
});

it.each([
  ['SCHEDULE_INVALID', '/at', { at: undefined, on: undefined }],
  ['SCHEDULE_TOO_OFTEN', '/cron', { at: undefined, on: undefined, cron: '*/5 * * * *' }],
  ['SCHEDULE_NEVER_FIRES', '/cron', { at: undefined, on: undefined, cron: '0 6 31 2 *' }],
  ['SCHEDULE_NEVER_FIRES', '/until', { until: '2020-01-01T00:00:00Z' }],
  ['REPORT_TYPE_UNKNOWN', '/type', { type: 'nothing' }],
])('refuses %s at %s', async (code, pointer, changes) => {
  const { status, body } = await create(changes);
  expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, code, pointer]);
});

it('changes its times, pauses and resumes, and is deleted', async () => {
  const { id } = (await create()).body;
  const path = `/report-schedules/${id}`;
  const patched = await send('patch', path, { cron: '30 7 * * 1' });
  expect(patched.body).toMatchObject({ at: null, on: null, cron: '30 7 * * 1' });
  const { etag } = patched.headers;
  const morning = () => api.call('patch', path, key).set({ 'If-Match': etag! }).send({ at: '08:00' });
  expect((await morning()).body).toMatchObject({ at: '08:00', cron: null });
  expect((await morning()).status).toBe(412);
  expect((await send('post', `${path}/pause`)).body).toMatchObject({ state: 'paused', pausedFor: 'requested' });
  expect((await send('get', `${path}/upcoming`)).body.items).toEqual([]);
  expect((await send('post', `${path}/resume`)).body).toMatchObject({ state: 'active', pausedFor: null });
  expect((await send('delete', path)).status).toBe(204);
  expect((await send('get', path)).status).toBe(404);
});

it('reports the last window now, once, unless it is to be made again', async () => {
  const { id } = (await create()).body;
  const trigger = (body: object = {}) => send('post', `/report-schedules/${id}/trigger`, body);
  const first = await trigger();
  expect([first.status, first.body.scheduleId]).toEqual([202, id]);
  expect(await trigger()).toMatchObject({ status: 409, body: { code: 'WINDOW_REPORTED' } });
  const remake = { remake: true };
  expect(await trigger(remake)).toMatchObject({ status: 409, body: { code: 'REPORT_NOT_READY' } });
  await api.database.models.reports.updateOne({ _id: first.body.id }, { $set: { state: 'completed' } });
  const again = await trigger(remake);
  expect(again.body).toMatchObject({ supersedes: first.body.id });
  expect(await trigger({ period: '2026-03-01' })).toMatchObject({ status: 422, body: { code: 'PERIOD_INVALID' } });
  const runs = (await send('get', `/report-schedules/${id}/runs`)).body.items;
  expect(runs).toMatchObject([{ reportId: again.body.id, outcome: null }]);
  const { items } = (await send('get', `/reports?scheduleId=${id}`)).body;
  expect(items).toHaveLength(2);
});

it('pages through runs of which two begin at one instant', async () => {
  const { id } = (await create()).body;
  const path = `/report-schedules/${id}/runs?limit=1`;
  const run = (await send('post', `/report-schedules/${id}/trigger`)).body.window;
  const { reportRuns } = api.database.models;
  const month = await reportRuns.findOne({ scheduleId: id }).lean().orFail();
  const window = { ...month.window, endAt: new Date(Date.parse(month.window.startAt) + 86_400_000).toISOString() };
  const day = { ...month, _id: runIdOf(id, window), window, outcome: 'failed' as const, reportId: null };
  await reportRuns.insertMany([day]);
  const first = await send('get', path);
  const following = await send('get', `${path}&cursor=${first.body.next}`);
  expect(following.status).toBe(200);
  expect([first, following].map(({ body }) => body.items[0].window.endAt)).toEqual([run.endAt, window.endAt]);
  expect(following.body.next).toBeNull();
});

it('makes what is missing of a range, one backfill at a time', async () => {
  const { id } = (await create({ timeZone: 'Europe/Berlin' })).body;
  const backfill = (body: object) => send('post', `/report-schedules/${id}/backfill`, body);
  const range = { from: '2026-01-15', to: '2026-03-01' };
  const { status, headers, body } = await backfill(range);
  expect([status, headers.location]).toEqual([202, `/api/v1/operations/${body.id}`]);
  expect(body).toMatchObject({ type: 'backfill_reports', state: 'running', progress: { done: 0, total: 3 } });
  expect(body).toMatchObject({ from: '2025-12-31T23:00:00.000Z', target: '2026-03-31T22:00:00.000Z' });
  expect((await send('get', `/operations/${body.id}`)).body).toEqual(body);
  expect(await backfill(range)).toMatchObject({
    status: 409,
    body: { code: 'BACKFILL_RUNNING', conflictsWith: body.id },
  });
  const [row] = await api.database.models.outbox.find({ entityId: body.id }).lean();
  expect(row).toMatchObject({ start: { workflowType: 'reportSchedules', workflowId: `reportSchedules/${body.id}` } });
});

it.each([
  ['RANGE_TOO_LONG', '/to', { from: '2000-01-01', to: '2040-01-01' }],
  ['PERIOD_INVALID', '/to', { from: '2026-03-01', to: '2026-02-01' }],
  ['WINDOW_IN_FUTURE', '/from', { from: '9000-01-01', to: '9000-02-01' }],
])('refuses a backfill with %s at %s', async (code, pointer, range) => {
  const { id } = (await create()).body;
  const { status, body } = await send('post', `/report-schedules/${id}/backfill`, range);
  expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, code, pointer]);
});

it('takes fifty schedules of a tenant, and one more once one is deleted', async () => {
  const made = [];
  for (let count = 0; count < 48; count += 1) made.push(await create());
  // The last places are fought for.
  made.push(...(await Promise.all(Array.from({ length: 3 }, () => create()))));
  const refused = made.filter(({ status }) => status !== 201);
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual([[409, 'SCHEDULE_LIMIT']]);
  const { id } = made.find(({ status }) => status === 201)!.body;
  await send('delete', `/report-schedules/${id}`);
  expect((await create()).status).toBe(201);
});
