import { setTimeout } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { freePort } from '../../../../scripts/embedded/ports';
import { createMailer, type Mailer } from '../../../clients/mailer/mailer';
import type { MailRequest } from '../../../contracts/outbox';
import { readVerificationToken } from '../../../contracts/users/verification-token';
import type { Database } from '../../../models/database';
import { newOutboxRow } from '../../../services/new-outbox-row';
import { FAILURES_UNTIL_STUCK, recordFailure } from '../../../services/outbox';
import type { OutboxRow } from '../../../models/outbox-row';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { consumeRow, type ActOnRow } from '../../relay/consume-row';
import { people, silent, type People } from '../../../testing/queue-test-bed';
import { createSendMail } from '../send-mail';

let database: Database;
let drop: () => Promise<void>;
let port: number;
let mailer: Mailer;
let server: SMTPServer | null = null;
const received: { to: string[]; raw: string }[] = [];
let refuse = false;

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  port = await freePort();
  mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Platform <no-reply@platform.example>' });
});
beforeEach(async () => {
  received.length = 0;
  refuse = false;
  await startServer();
});
afterEach(stopServer);
afterAll(async () => {
  mailer.close();
  await drop();
});

async function startServer(): Promise<void> {
  const started = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    closeTimeout: 50,
    onRcptTo: ({ address }, _session, callback) =>
      callback(refuse ? Object.assign(new Error(`No mailbox ${address}`), { responseCode: 550 }) : null),
    onData(stream, session, callback) {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }: { address: string }) => address), raw });
        callback();
      });
    },
  });
  started.on('error', () => undefined);
  await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
  server = started;
}

async function stopServer(): Promise<void> {
  const stopping = server;
  server = null;
  if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()));
}

const secret = 'a-secret-of-the-test';
const act: ActOnRow = (row) =>
  createSendMail({ database, mailer, publicUrl: 'https://api.platform.example', verificationSecret: secret })(row);

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
  const row = newOutboxRow({
    tenantId: onboarding.tenantId,
    entityType: 'onboarding',
    entityId: onboarding._id,
    correlationId: 'corr-1',
    pending: ['mail'],
    mail: {
      template: 'verification',
      key: `${onboarding._id}/sendVerification`,
      to: null,
      data: { generation: 1 },
      ...mail,
    },
  });
  await database.models.outbox.insertMany([row]);
  return { row, people: who };
}

const consume = (rowId: string, signal = new AbortController().signal) =>
  consumeRow({ database, rowId, consumer: 'mail', act, signal, logger: silent });
const rowById = async (id: string) => (await database.models.outbox.findById(id).lean()) as OutboxRow;

test('a verification mail has a working link, a stable Message-ID and the correlation id', async () => {
  const {
    row,
    people: { onboarding, user },
  } = await given({});
  expect(await consume(row._id)).toBe('done');
  const [mail] = received;
  expect(mail?.to).toEqual([user.email]);
  const headers = mail?.raw.split('\r\n\r\n')[0] ?? '';
  expect(headers).toMatch(/^Message-ID: <[0-9a-f]{32}@api\.platform\.example>\r$/m);
  expect(headers).toMatch(/^X-Correlation-Id: corr-1\r$/im);
  const token =
    /api\/v1\/verify\/([\w.-]+)/.exec(mail?.raw.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '')?.[1] ?? '';
  expect(readVerificationToken({ secret, token })).toEqual({ onboardingId: onboarding._id, generation: 1 });
  expect(await rowById(row._id)).toMatchObject({ pending: [], doneAt: expect.any(Date) });
  expect(await consume(row._id)).toBe('skipped');
  expect(received).toHaveLength(1);
});

test('a mail that is sent again has the same Message-ID', async () => {
  const { row } = await given({});
  await act(row);
  await act(row);
  const [first, second] = received.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
  expect(first).toBeDefined();
  expect(second).toBe(first);
});

test.each([
  [
    'a newer link exists',
    { onboarding: { verification: { generation: 2, expiresAt: null, resentAt: [], verifiedAt: null } } },
  ],
  ['the address is verified', { onboarding: { state: 'awaiting_profile' as const } }],
  ['the onboarding was cancelled', { onboarding: { state: 'cancelled' as const } }],
])('a mail with a link is not sent any more when %s, and its row is done', async (_why, changes) => {
  const { row } = await given({}, changes);
  expect(await consume(row._id)).toBe('done');
  expect(received).toEqual([]);
  expect(await rowById(row._id)).not.toHaveProperty('open');
});

test("a mail with an address of its own goes there, in the partner's language", async () => {
  const { row } = await given(
    { template: 'approvalRequest', to: 'reviewer@example.com', data: {} },
    { onboarding: { state: 'awaiting_approval' } },
  );
  await consume(row._id);
  expect(received[0]?.to).toEqual(['reviewer@example.com']);
  expect(received[0]?.raw).toContain('Das Onboarding von');
});

test('while the mail server is down a job waits without counting a failure, then sends', async () => {
  await stopServer();
  const { row } = await given({});
  const consuming = consume(row._id);
  await setTimeout(1200);
  expect(await rowById(row._id)).toMatchObject({ failures: 0, open: true });
  await startServer();
  expect(await consuming).toBe('done');
  expect(received).toHaveLength(1);
});

test('a worker that closes during an outage releases the row to the others immediately', async () => {
  await stopServer();
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
  const { lease, dueAt } = await rowById(row._id);
  expect(lease).toBeNull();
  expect(dueAt.getTime()).toBeLessThanOrEqual(Date.now());
});

test('a refused recipient is counted without the address, listed after 20 failures and mended', async () => {
  refuse = true;
  const { row } = await given({});
  expect(await consume(row._id)).toBe('failed');
  const { lastError } = await rowById(row._id);
  expect(lastError).toBe('MailRefused 550: The mail server refused the mail with 550 at RCPT TO');
  for (let i = 1; i < FAILURES_UNTIL_STUCK; i += 1)
    await recordFailure({ database, rowId: row._id, error: new Error('again') });
  const stuck = await rowById(row._id);
  expect(stuck).toMatchObject({ failures: FAILURES_UNTIL_STUCK, open: true });
  expect(stuck.dueAt.getTime() - Date.now()).toBeGreaterThan(590_000);
  const find = () => database.models.stuckItems.find({ subject: row._id }).lean();
  expect(await find()).toMatchObject([{ kind: 'outbox_failing', state: 'open', open: true, entityId: row.entityId }]);
  refuse = false;
  expect(await consume(row._id)).toBe('done');
  expect(await find()).toMatchObject([{ state: 'mended' }]);
  expect((await find())[0]).not.toHaveProperty('open');
});

test("a mail is in the person's language, else in the partner's, else in English", async () => {
  const spoken: (string | undefined)[] = [];
  for (const locale of ['de-AT', 'it-IT']) {
    const { row } = await given({}, { user: { locale: 'fr-FR' }, partner: { locale } });
    await consume(row._id);
    spoken.push(/lang="(..)"/.exec(received.at(-1)?.raw.replaceAll('=3D', '=') ?? '')?.[1]);
  }
  expect(spoken).toEqual(['de', 'en']);
});
