import { hashOfReportToken } from '../../../contracts/reports/report-tokens';
import { subscribe } from '../../../services/reports/delivery/subscriptions';
import type { TestTenant } from '../../../testing/contract/contract-world';
import { monthlyPayments } from '../../../testing/contract/seed-report';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
let tenant: TestTenant;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  tenant = await api.newTenant();
});
afterAll(() => api.stop());

const send = async (method: 'get' | 'post' | 'patch', path: string, body?: object) =>
  expectContract(await api.call(method, path, tenant.key).send(body));
const ada = { email: 'Ada@example.com' };
const request = { type: 'payments', period: '2026-03', formats: ['csv', 'html'] };
const pending = { attach: null, state: 'pending', reason: null, at: null };

/** Returns the token of the unsubscribe link of a mail to Ada. */
const subscribed = async (scope: string): Promise<string> => {
  const address = { tenantId: tenant.tenantId, scope, emailKey: 'ada@example.com' };
  return (await subscribe({ database: api.database, secret: 'a secret', ...address }))!;
};

it('shows the recipients of a report with what became of their mails', async () => {
  const deliverTo = [ada, { email: 'bob@example.com', attach: 'csv' }];
  const { status, body } = await send('post', '/reports', { ...request, deliverTo });
  expect(status).toBe(202);
  const shown = [
    { email: ada.email, ...pending },
    { email: 'bob@example.com', ...pending, attach: 'csv' },
  ];
  expect((await send('get', `/reports/${body.id}`)).body.deliverTo).toEqual(shown);
  expect((await send('post', '/reports', request)).body.deliverTo).toEqual([]);
});

it.each([
  ['/deliverTo/1/email', [ada, { email: 'ada@EXAMPLE.com' }]],
  ['/deliverTo/0/attach', [{ ...ada, attach: 'pdf' }]],
])('refuses a recipient at %s, of a report and of a schedule', async (pointer, deliverTo) => {
  const answers = [
    await send('post', '/reports', { ...request, deliverTo }),
    await send('post', '/report-schedules', { ...monthlyPayments, deliverTo }),
  ];
  for (const { status, body } of answers)
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, 'RECIPIENT_INVALID', pointer]);
});

it('changes the recipients of a schedule, whose formats have to include what they want', async () => {
  const { body } = await send('post', '/report-schedules', {
    ...monthlyPayments,
    deliverTo: [{ ...ada, attach: 'csv' }],
  });
  const path = `/report-schedules/${body.id}`;
  const refused = await send('patch', path, { formats: ['html'] });
  expect([refused.status, refused.body.code]).toEqual([422, 'RECIPIENT_INVALID']);
  expect((await send('patch', path, { formats: ['html'], deliverTo: [ada] })).body.deliverTo).toEqual([
    { email: ada.email, ...pending },
  ]);
});

it('only the button of the unsubscribe page unsubscribes, not a scanner that opens it', async () => {
  const { body: schedule } = await send('post', '/report-schedules', { ...monthlyPayments, deliverTo: [ada] });
  const path = `/report-unsubscribes/${await subscribed(schedule.id)}`;
  const stateNow = async () => (await send('get', `/report-schedules/${schedule.id}`)).body.deliverTo[0].state;
  for (const method of ['get', 'head', 'get'] as const) expect((await api.call(method, path)).status).toBe(200);
  const shown = expectContract(await api.call('get', path));
  expect(shown.text).toContain(`<form method="post" action="/api/v1${path}">`);
  expect(shown.headers).toMatchObject({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' });
  expect(await stateNow()).toBe('pending');
  for (let times = 0; times < 2; times += 1) {
    const done = expectContract(await api.call('post', path).type('form').send('List-Unsubscribe=One-Click'));
    expect([done.status, done.text.includes('<form')]).toEqual([200, false]);
  }
  expect(await stateNow()).toBe('unsubscribed');
});

it('who has unsubscribed from a type of report is not mailed by the next one that is ordered', async () => {
  const token = await subscribed('payments');
  expect((await api.call('post', `/report-unsubscribes/${token}`)).status).toBe(200);
  const states = async (type: string) => {
    const { body } = await send('post', '/reports', { ...request, type, deliverTo: [ada] });
    return body.deliverTo.map(({ state }: { state: string }) => state);
  };
  expect([await states('payments'), await states('summary')]).toEqual([['unsubscribed'], ['pending']]);
});

it('a test mails the newest report to one address, and is no run', async () => {
  const { id } = (await send('post', '/report-schedules', monthlyPayments)).body;
  const test = (email = 'ada@example.com') => send('post', `/report-schedules/${id}/test`, { email });
  const { body: report } = await send('post', `/report-schedules/${id}/trigger`);
  expect(await test()).toMatchObject({ status: 409, body: { code: 'REPORT_NOT_READY' } });
  const { reports, outbox } = api.database.models;
  await reports.updateOne({ _id: report.id }, { $set: { state: 'completed' } });
  expect(await test()).toMatchObject({ status: 202, body: { email: 'ada@example.com', reportId: report.id } });
  const rows = await outbox.find({ tenantId: tenant.tenantId, pending: 'mail' }).lean();
  expect(rows.map(({ mail }) => [mail!.template, mail!.to])).toEqual([['reportReady', 'ada@example.com']]);
  expect((await send('get', `/report-schedules/${id}/runs`)).body.items).toHaveLength(1);
  await api.call('post', `/report-unsubscribes/${await subscribed(id)}`);
  const refused = await test('ADA@example.com');
  expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([422, '/email']);
});

it('an unsubscribe link that is not valid leads to a page that says so', async () => {
  for (const method of ['get', 'post'] as const) {
    const answer = expectContract(await api.call(method, `/report-unsubscribes/${hashOfReportToken('x')}`));
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  }
});
