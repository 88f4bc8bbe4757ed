import { byWorkflow } from '../../../domain/actor';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { MailLimits } from '../../../services/mail-limit';
import { restartMail } from '../../../services/mail-remedies';
import { deleteTenantData } from '../../../services/sandbox/delete-tenant-data';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { openMailJobWorld, type MailJobWorld } from '../../../testing/worlds/mail-job-world';

let database: Database;
let drop: () => Promise<void>;
let world: MailJobWorld;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  world = await openMailJobWorld({ database, secret: 'a-secret-of-the-test' });
});
beforeEach(() => {
  world.server.accepted.length = 0;
  world.server.offered.length = 0;
  world.server.refuse(null);
});
afterAll(async () => {
  await world.close();
  await drop();
});

const limitsOf = (changes: Partial<MailLimits>) => ({
  limits: { perPerson: 2, perReviewer: 3, perTenant: 100, ...changes },
});
const victim = () => `${newId('user')}@example.com`;
const received = () => world.server.accepted.map(({ to }) => to[0]);

test('a person gets no more mails of a tenant than the limit, and each entity says why', async () => {
  const [tenantId, other] = [await world.newTenant({ mode: 'live' }), await world.newTenant({ mode: 'live' })];
  const email = victim();
  const warned: object[] = [];
  const ended: unknown[] = [];
  const settings = {
    ...limitsOf({}),
    logger: { warn: (fields: object) => void warned.push(fields) } as never,
    metrics: { mailEnded: (end: unknown) => void ended.push(end) },
  };
  const rows = [];
  for (let i = 0; i < 3; i += 1) rows.push(await world.order({ tenantId, email }));
  for (const row of rows) expect(await world.attempt(row, settings)).toBe('done');
  expect(received()).toEqual([email, email]);
  expect(await world.timeline(rows[2]!)).toEqual([
    'The mail "verification" was not sent: the limit of 2 mails a day (UTC) to one recipient was reached.',
  ]);
  expect(await world.verificationMail(rows[2]!)).toEqual({ state: 'limited', code: null, status: null });
  expect(warned).toEqual([{ tenantId, entityId: rows[2]!.entityId, limit: 'recipient', perDay: 2 }]);
  expect(ended.at(-1)).toEqual({ mode: 'live', outcome: 'limited' });

  await world.attempt(await world.order({ tenantId: other, email }), settings);
  expect(received()).toHaveLength(3);
});

test('tags of an address count as one mailbox', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const [local, domain] = victim().split('@');
  for (const tag of ['', '+1', '+2', '+3'])
    await world.attempt(await world.order({ tenantId, email: `${local}${tag}@${domain}` }), limitsOf({}));
  expect(received()).toEqual([`${local}@${domain}`, `${local}+1@${domain}`]);
});

test('many mails at once, from several workers, still stop at the limit', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const email = victim();
  const rows = [];
  for (let i = 0; i < 12; i += 1) rows.push(await world.order({ tenantId, email }));
  const ends = await Promise.all(rows.map((row) => world.attempt(row, limitsOf({ perPerson: 5 }))));
  expect(ends).toEqual(rows.map(() => 'done'));
  expect(received()).toHaveLength(5);
});

test('further attempts of a mail do not count, not even over midnight', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const email = victim();
  const yesterday = new Date(Date.now() - 86_400_000);
  const first = await world.order({ tenantId, email, orderedAt: yesterday });
  world.server.refuse({ stage: 'RCPT TO', code: 450 });
  for (let i = 0; i < 4; i += 1) expect(await world.attempt(first, limitsOf({ perTenant: 2 }))).toBe('failed');
  world.server.refuse(null);
  await world.attempt(first, limitsOf({ perTenant: 2 }));
  await world.attempt(await world.order({ tenantId, email, orderedAt: yesterday }), limitsOf({ perTenant: 2 }));
  expect(received()).toEqual([email, email]);
  const counts = await database.models.mailCounts.find({ tenantId }).lean();
  expect(counts.map(({ count }) => count)).toEqual([2, 2]);
});

test('a tenant has a limit over all recipients; a mail above it does not count for its recipient', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const settings = limitsOf({ perTenant: 2 });
  for (let i = 0; i < 2; i += 1) await world.attempt(await world.order({ tenantId }), settings);
  const above = await world.order({ tenantId, email: victim() });
  await world.attempt(above, settings);
  expect(received()).toHaveLength(2);
  expect(await world.timeline(above)).toEqual([
    'The mail "verification" was not sent: the limit of 2 mails a day (UTC) of one tenant was reached.',
  ]);
  const counts = await database.models.mailCounts.find({ tenantId, rows: above._id }).lean();
  expect(counts).toEqual([]);
});

test('reviewers and the operator have a limit of their own', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  for (const [audience, to] of [
    ['reviewer', 'reviewer@partner.example'],
    ['operator', 'operator@platform.example'],
  ] as const)
    for (let i = 0; i < 4; i += 1)
      await world.attempt(
        await world.order({ tenantId, mail: { template: 'approvalRequest', audience, to, data: {} } }),
        limitsOf({}),
      );
  expect(received()).toEqual([
    ...Array.from({ length: 3 }, () => 'reviewer@partner.example'),
    ...Array.from({ length: 3 }, () => 'operator@platform.example'),
  ]);
});

test('a person with the mailbox of a reviewer is counted apart from the reviewer', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const email = victim();
  const toReviewer = { template: 'approvalRequest', audience: 'reviewer', to: email, data: {} } as const;
  for (let i = 0; i < 3; i += 1) await world.attempt(await world.order({ tenantId, mail: toReviewer }), limitsOf({}));
  for (let i = 0; i < 3; i += 1) await world.attempt(await world.order({ tenantId, email }), limitsOf({}));
  expect(received()).toHaveLength(3 + 2);
});

test('a mail that ends undeliverable does not count for its recipient, so it can be sent again', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const email = victim();
  const settings = limitsOf({ perPerson: 1 });
  const row = await world.order({ tenantId, email });
  world.server.refuse({ stage: 'RCPT TO', code: 550 });
  for (const outcome of ['failed', 'failed', 'done']) expect(await world.attempt(row, settings)).toBe(outcome);
  world.server.refuse(null);
  const again = { database, rowId: row._id, at: new Date().toISOString(), by: byWorkflow };
  await database.inTransaction((session) => restartMail({ ...again, session }));
  const restarted = await database.models.outbox.findOne({ tenantId, pending: 'mail' }).lean().orFail();
  expect(await world.attempt(restarted, settings)).toBe('done');
  expect(received()).toEqual([email]);
  const counts = await database.models.mailCounts.find({ tenantId }).sort({ _id: 1 }).lean();
  expect(counts.map(({ count, rows }) => [count, rows])).toEqual([
    [2, []],
    [1, [restarted._id]],
  ]);
});

test('a count is kept for three days after the last mail of it, however late that mail is', async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  const orderedAt = new Date(Date.now() - 10 * 86_400_000);
  await world.attempt(await world.order({ tenantId, orderedAt }), limitsOf({}));
  const counts = await database.models.mailCounts.find({ tenantId }).lean();
  const days = counts.map(({ expiresAt }) => Math.round((expiresAt.getTime() - Date.now()) / 86_400_000));
  expect(days).toEqual([3, 3]);
});

test("a reset deletes a sandbox's mails and does not lift its limits; withheld mails do not count", async () => {
  const tenantId = await world.newTenant({ mode: 'sandbox' });
  const email = victim();
  const deliver = { sandboxMail: 'deliver', ...limitsOf({}) } as const;
  for (let i = 0; i < 3; i += 1)
    await world.attempt(await world.order({ tenantId, email }), { ...deliver, sandboxMail: 'withhold' });
  for (let i = 0; i < 2; i += 1) await world.attempt(await world.order({ tenantId, email }), deliver);
  expect(received()).toEqual([email, email]);
  expect(await database.models.sandboxMails.countDocuments({ tenantId })).toBe(5);

  await deleteTenantData({ database, tenantId, requireHeld: async () => undefined, removeFile: async () => undefined });
  expect(await database.models.sandboxMails.countDocuments({ tenantId })).toBe(0);
  await world.attempt(await world.order({ tenantId, email }), deliver);
  expect(received()).toHaveLength(2);
  expect(await database.models.sandboxMails.find({ tenantId }).lean()).toMatchObject([{ state: 'limited' }]);
});
