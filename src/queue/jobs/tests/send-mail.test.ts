import { setTimeout } from 'node:timers/promises';
import { createMailer, type Mailer } from '../../../clients/mailer/mailer';
import type { MailRequest } from '../../../contracts/outbox';
import { summaryOf } from '../../../contracts/events';
import { readVerificationToken } from '../../../contracts/users/verification-token';
import type { Database } from '../../../models/database';
import { FAILURES_UNTIL_STUCK, recordFailure } from '../../../services/outbox';
import type { OutboxRow } from '../../../models/outbox-row';
import { openMailServer, type MailServer } from '../../../testing/servers/mail-server';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { consumeRow, type ActOnRow } from '../../relay/consume-row';
import { deliverAll, mailRowFor, people, silent, type People } from '../../../testing/queue-test-bed';
import { createSendMail } from '../send-mail';

let database: Database;
let drop: () => Promise<void>;
let server: MailServer;
let mailer: Mailer;

beforeAll(async () => {
  [{ database, drop }, server] = await Promise.all([openTestDatabase(), openMailServer()]);
  mailer = createMailer({ smtpUrl: server.smtpUrl, from: 'Platform <no-reply@platform.example>' });
});
beforeEach(() => {
  server.accepted.length = 0;
  server.offered.length = 0;
  server.refuse(null);
});
afterAll(async () => {
  mailer.close();
  await Promise.all([server.stop(), drop()]);
});

const secret = 'a-secret-of-the-test';
const publicUrl = 'https://api.platform.example';
const act: ActOnRow = (row) =>
  createSendMail({ database, mailer, publicUrl, verificationSecret: secret, ...deliverAll })(row);

async function given(
  mail: Partial<MailRequest>,
  changes: Parameters<typeof people>[0] = {},
): Promise<{ row: OutboxRow; people: People }> {
  const who = people(changes);
  const { partner, user, onboarding } = who;
  await Promise.all([
    database.models.partners.insertMany([partner]),
    database.models.users.insertMany([user]),
    database.models.onboardings.insertMany([onboarding]),
  ]);
  const row = mailRowFor(onboarding, mail);
  await database.models.outbox.insertMany([row]);
  return { row, people: who };
}

const consume = (rowId: string, signal = new AbortController().signal) =>
  consumeRow({ database, rowId, consumer: 'mail', act, signal, logger: silent });
const rowById = async (id: string) => (await database.models.outbox.findById(id).lean()) as OutboxRow;

const itemsOf = ({ _id }: OutboxRow) => database.models.stuckItems.find({ subject: _id }).lean();
const timelineOf = async ({ entityId }: OutboxRow) =>
  (await database.models.events.find({ entityId }).sort({ version: 1 }).lean()).map(({ type, data }) =>
    summaryOf({ type, data, currency: null }),
  );

test('a verification mail has a working link, a stable Message-ID and the correlation id', async () => {
  const {
    row,
    people: { onboarding, user },
  } = await given({});
  expect(await consume(row._id)).toBe('done');
  const [mail] = server.accepted;
  expect(mail?.to).toEqual([user.email]);
  const headers = mail?.raw.split('\r\n\r\n')[0] ?? '';
  expect(headers).toMatch(/^Message-ID: <[0-9a-f]{32}@api\.platform\.example>\r$/m);
  expect(headers).toMatch(/^X-Correlation-Id: corr-1\r$/im);
  const token =
    /api\/v1\/verify\/([\w.-]+)/.exec(mail?.raw.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '')?.[1] ?? '';
  expect(readVerificationToken({ secret, token })).toEqual({ onboardingId: onboarding._id, generation: 1 });
  expect(await rowById(row._id)).toMatchObject({ pending: [], doneAt: expect.any(Date) });
  expect(await consume(row._id)).toBe('skipped');
  expect(server.accepted).toHaveLength(1);
  expect(await timelineOf(row)).toEqual(['The mail "verification" was sent.']);
  const { verification } = await database.models.onboardings.findById(onboarding._id).lean().orFail();
  expect(verification.mail).toMatchObject({ state: 'sent' });
});

test('a mail that is sent again has the same Message-ID', async () => {
  const { row } = await given({});
  await act(row);
  await act(row);
  const [first, second] = server.accepted.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
  expect(first).toBeDefined();
  expect(second).toBe(first);
});

test.each([
  [
    'a newer link exists',
    {
      onboarding: {
        verification: { generation: 2, expiresAt: null, resentAt: [], correctedAt: [], verifiedAt: null, mail: null },
      },
    },
  ],
  ['the address is verified', { onboarding: { state: 'awaiting_profile' as const } }],
  ['the onboarding was cancelled', { onboarding: { state: 'cancelled' as const } }],
])('a mail with a link is not sent any more when %s, and its row is done', async (_why, changes) => {
  const { row } = await given({}, changes);
  expect(await consume(row._id)).toBe('done');
  expect(server.accepted).toEqual([]);
  expect(await rowById(row._id)).not.toHaveProperty('open');
  expect(await timelineOf(row)).toEqual([expect.stringContaining('was not sent')]);
});

test("a mail with an address of its own goes there, in the partner's language", async () => {
  const { row } = await given(
    { template: 'approvalRequest', audience: 'reviewer', to: 'reviewer@example.com', data: {} },
    { onboarding: { state: 'awaiting_approval' } },
  );
  await consume(row._id);
  expect(server.accepted[0]?.to).toEqual(['reviewer@example.com']);
  expect(server.accepted[0]?.raw).toContain('Das Onboarding von');
});

test('while the mail server is down a job waits without counting a failure, then sends', async () => {
  await server.stop();
  const { row } = await given({});
  const consuming = consume(row._id);
  await setTimeout(1200);
  expect(await rowById(row._id)).toMatchObject({ failures: 0, open: true });
  await server.start();
  expect(await consuming).toBe('done');
  expect(server.accepted).toHaveLength(1);
});

test('a worker that closes during an outage releases the row to the others immediately', async () => {
  await server.stop();
  const { row } = await given({});
  await database.models.outbox.updateOne(
    { _id: row._id },
    { $set: { lease: 'relay-1', dueAt: new Date(Date.now() + 60_000) } },
  );
  const closing = new AbortController();
  const consuming = consume(row._id, closing.signal);
  await setTimeout(200);
  closing.abort();
  await expect(consuming).rejects.toThrow('not available');
  await server.start();
  const { lease, dueAt } = await rowById(row._id);
  expect(lease).toBeNull();
  expect(dueAt.getTime()).toBeLessThanOrEqual(Date.now());
});

test('a mail that is refused for now is retried, listed after 20 failures and mended', async () => {
  server.refuse({ stage: 'RCPT TO', code: 450 });
  const { row } = await given({});
  expect(await consume(row._id)).toBe('failed');
  const { lastError } = await rowById(row._id);
  expect(lastError).toBe('MailRefused 450: The mail server refused the mail with 450 at RCPT TO');
  for (let i = 1; i < FAILURES_UNTIL_STUCK; i += 1)
    await recordFailure({ database, rowId: row._id, error: new Error('again') });
  const stuck = await rowById(row._id);
  expect(stuck).toMatchObject({ failures: FAILURES_UNTIL_STUCK, open: true });
  expect(stuck.dueAt.getTime() - Date.now()).toBeGreaterThan(590_000);
  expect(await consume(row._id)).toBe('failed');
  expect(await itemsOf(row)).toMatchObject([{ kind: 'outbox_failing', state: 'open', entityId: row.entityId }]);
  server.refuse(null);
  expect(await consume(row._id)).toBe('done');
  const items = await itemsOf(row);
  expect(items).toMatchObject([{ state: 'mended' }]);
  expect(items[0]).not.toHaveProperty('open');
});

test.each([
  ['RCPT TO', 550, '5.1.1'],
  ['DATA', 554, '5.7.1'],
] as const)('a mail refused for good at %s is tried three times, then undeliverable', async (stage, code, status) => {
  server.refuse({ stage, code, text: `${status} Refused` });
  const {
    row,
    people: { user },
  } = await given({});
  expect([await consume(row._id), await consume(row._id)]).toEqual(['failed', 'failed']);
  expect(await timelineOf(row)).toEqual([]);
  expect([await consume(row._id), await consume(row._id)]).toEqual(['done', 'skipped']);
  expect(server.offered).toHaveLength(3);

  const { verification } = await database.models.onboardings.findById(row.entityId).lean().orFail();
  expect(verification.mail).toEqual({ state: 'undeliverable', code, status });
  expect(await timelineOf(row)).toEqual([
    `The mail "verification" is undeliverable: the mail server refused it (${code} ${status}).`,
  ]);
  const items = await itemsOf(row);
  expect(items).toMatchObject([{ kind: 'mail_undeliverable', state: 'open', entityId: row.entityId }]);
  expect(JSON.stringify([items, await rowById(row._id)])).not.toContain(user.email);
});

test.each([
  ['of our own address', { stage: 'MAIL FROM', code: 553 }],
  ['by policy, such as of relaying,', { stage: 'RCPT TO', code: 550, text: '5.7.1 Relaying denied' }],
] as const)('a refusal %s says nothing about the mail, which is retried', async (_what, refusal) => {
  server.refuse(refusal);
  const { row } = await given({});
  for (let attempt = 1; attempt <= 4; attempt += 1) expect(await consume(row._id)).toBe('failed');
  expect(await rowById(row._id)).toMatchObject({ open: true, failures: 4 });
});

test("a reviewer's refused mail is listed with the reviewer's number", async () => {
  const to = 'reviewer@example.com';
  server.refuse({ stage: 'RCPT TO', code: 550 }, to);
  const { row } = await given({
    template: 'approvalRequest',
    audience: 'reviewer',
    to,
    data: { recipient: 'reviewer 2' },
  });
  for (let attempt = 1; attempt <= 3; attempt += 1) await consume(row._id);
  expect((await itemsOf(row))[0]?.detail).toContain('The mail "approval request" to reviewer 2 is undeliverable');
  const { verification } = await database.models.onboardings.findById(row.entityId).lean().orFail();
  expect(verification.mail).toBeNull();
});

test("a mail is in the person's language, else in the partner's, else in English", async () => {
  const spoken: (string | undefined)[] = [];
  for (const locale of ['de-AT', 'it-IT']) {
    const { row } = await given({}, { user: { locale: 'fr-FR' }, partner: { locale } });
    await consume(row._id);
    spoken.push(/lang="(..)"/.exec(server.accepted.at(-1)?.raw.replaceAll('=3D', '=') ?? '')?.[1]);
  }
  expect(spoken).toEqual(['de', 'en']);
});
