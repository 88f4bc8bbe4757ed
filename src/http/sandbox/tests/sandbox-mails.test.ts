import request from 'supertest';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, TOKEN_SECRET, type TestApi } from '../../../testing/test-api';
import { openMailJobWorld, type MailJobWorld } from '../../../testing/worlds/mail-job-world';

let api: TestApi;
let mails: MailJobWorld;
beforeAll(async () => {
  api = await startTestApi();
  mails = await openMailJobWorld({ database: api.database, secret: TOKEN_SECRET });
});
afterAll(async () => {
  await mails.close();
  await api.stop();
});

const get = async (path: string, key: string) => expectContract(await api.call('get', path, key));
/** Orders and withholds a mail to each address. Returns the rows. */
async function withhold(tenantId: string, ...addresses: string[]) {
  const rows = [];
  for (const email of addresses) {
    const row = await mails.order({ tenantId, email });
    await mails.attempt(row, { sandboxMail: 'withhold' });
    rows.push(row);
  }
  return rows;
}

describe('the mails of a sandbox', () => {
  it('verify an address that nobody has written to', async () => {
    const { tenantId, key } = await api.newTenant();
    const [row] = await withhold(tenantId, 'someone@example.com');
    const { body } = await get('/sandbox/mails?to=Someone@EXAMPLE.com&template=verification', key);
    expect(body).toEqual({
      items: [
        expect.objectContaining({
          state: 'withheld',
          audience: 'person',
          to: 'someone@example.com',
          entity: { type: 'onboarding', id: row?.entityId },
          correlationId: 'corr-1',
        }),
      ],
      next: null,
    });
    const [mail] = body.items;
    expect((await get(`/sandbox/mails/${mail.id}`, key)).body).toEqual(mail);
    const path = /\/api\/v1\/verify\/[\w.-]+/.exec(mail.text)?.[0] ?? '';
    const page = await request(api.origin).get(path);
    expect([page.status, page.text.includes('<button')]).toEqual([200, true]);
    await request(api.origin).post(path);
    expect(api.commands.at(-1)).toMatchObject({ command: 'verifyEmail', generation: 1 });
  });

  it('are listed newest first, page by page, by entity and by state', async () => {
    const { tenantId, key } = await api.newTenant();
    const rows = await withhold(tenantId, 'a@example.com', 'b@example.com', 'c@example.com');
    const first = await get('/sandbox/mails?limit=2', key);
    await withhold(tenantId, 'd@example.com');
    const second = await get(`/sandbox/mails?limit=2&cursor=${first.body.next}`, key);
    const recipients = [...first.body.items, ...second.body.items].map(({ to }: { to: string }) => to);
    expect(recipients).toEqual(['c@example.com', 'b@example.com', 'a@example.com']);
    expect(second.body.next).toBeNull();
    const about = await get(`/sandbox/mails?entityId=${rows[1]?.entityId}&state=withheld`, key);
    expect(about.body.items).toMatchObject([{ to: 'b@example.com' }]);
    expect((await get('/sandbox/mails?state=delivered', key)).body.items).toEqual([]);
    expect((await get('/sandbox/mails?template=welcome', key)).body.items).toEqual([]);
    expect((await get('/sandbox/mails?template=verification&limit=1', key)).body.items).toMatchObject([
      { to: 'd@example.com' },
    ]);
  });

  it('are seen by their tenant alone, and a live key has none', async () => {
    const { tenantId, partnerId } = await api.newTenant();
    await withhold(tenantId, 'someone@example.com');
    const { _id } = await api.database.models.sandboxMails.findOne({ tenantId }).lean().orFail();
    const stranger = await api.newTenant();
    expect((await get('/sandbox/mails', stranger.key)).body.items).toEqual([]);
    expect((await get(`/sandbox/mails/${_id}`, stranger.key)).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const live = await api.newTenant({ mode: 'live', partnerId });
    expect((await get('/sandbox/mails', live.key)).body).toMatchObject({ status: 403, code: 'SANDBOX_ONLY' });
  });

  it('are not for a key that may only read, because their links act', async () => {
    const { tenantId, partnerId } = await api.newTenant();
    await withhold(tenantId, 'someone@example.com');
    const { _id } = await api.database.models.sandboxMails.findOne({ tenantId }).lean().orFail();
    const reader = await api.newTenant({ partnerId, scopes: ['read'] });
    for (const path of ['/sandbox/mails', `/sandbox/mails/${_id}`])
      expect((await get(path, reader.key)).body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});
