import { tenantOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { openMailJobWorld, type MailJobWorld } from '../../../testing/worlds/mail-job-world';

const withhold = { sandboxMail: 'withhold' } as const;
const deliver = { sandboxMail: 'deliver' } as const;

let database: Database;
let drop: () => Promise<void>;
let world: MailJobWorld;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  world = await openMailJobWorld({ database, secret: 'a-secret-of-the-test' });
});
beforeEach(() => {
  world.server.accepted.length = 0;
  world.server.refuse(null);
});
afterAll(async () => {
  await world.close();
  await drop();
});

const newSandbox = (reviewers: string[] = []) => world.newTenant({ mode: 'sandbox', reviewers });
const kept = (tenantId: string) => database.models.sandboxMails.find({ tenantId }).sort({ _id: 1 }).lean();
/** Returns the first line of the subject, without its encoding (RFC 2047). */
const subjectOf = (raw = '') =>
  /^Subject: (?:=\?UTF-8\?Q\?)?(.*)\r$/m
    .exec(raw)?.[1]
    ?.replaceAll('_', ' ')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test("a sandbox's mail to a stranger is withheld, kept with its link, and the timeline says where", async () => {
  const tenantId = await newSandbox();
  const row = await world.order({ tenantId, email: 'Someone@example.com' });
  expect(await world.attempt(row, withhold)).toBe('done');
  expect(world.server.accepted).toEqual([]);
  const [mail, ...others] = await kept(tenantId);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({
    state: 'withheld',
    template: 'verification',
    to: 'Someone@example.com',
    entityId: row.entityId,
    subject: expect.stringMatching(/^\[sandbox\] Please confirm/),
    text: expect.stringContaining(`/api/v1/verify/${row.entityId}.1.`),
  });
  expect(await world.timeline(row)).toEqual([
    'The mail "verification" was withheld, because this is a sandbox: ' +
      `it can be read for 7 days at GET /sandbox/mails/${mail?._id}.`,
  ]);
  expect(await world.verificationMail(row)).toEqual({ state: 'withheld', code: null, status: null });
});

test('a reviewer of the partner gets the mails of its sandbox, marked, and the sandbox keeps them', async () => {
  const reviewer = 'reviewer@partner.example';
  const tenantId = await newSandbox([reviewer]);
  const request = await world.order({
    tenantId,
    mail: { template: 'approvalRequest', audience: 'reviewer', to: reviewer, data: { recipient: 'reviewer 1' } },
  });
  await world.attempt(request, withhold);
  await world.attempt(await world.order({ tenantId, email: 'REVIEWER@partner.example' }), withhold);
  expect(world.server.accepted.map(({ to }) => to)).toEqual([[reviewer], ['REVIEWER@partner.example']]);
  expect(subjectOf(world.server.accepted[0]?.raw)).toMatch(/^\[sandbox\] /);
  expect((await kept(tenantId)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  expect(await world.timeline(request)).toEqual(['The mail "approval request" to reviewer 1 was sent.']);
});

test('a deputy, who is a reviewer too, gets the mails of the sandbox', async () => {
  const deputy = 'deputy@partner.example';
  const tenantId = await newSandbox(['reviewer@partner.example']);
  const { partnerId } = tenantOf(tenantId);
  await database.models.partners.updateOne({ _id: partnerId }, { $set: { listings: { deputies: [deputy] } } });
  const mail = { template: 'approvalRequest', audience: 'reviewer', to: deputy, data: {} } as const;
  await world.attempt(await world.order({ tenantId, mail }), withhold);
  expect(world.server.accepted.map(({ to }) => to)).toEqual([[deputy]]);
  expect(await kept(tenantId)).toMatchObject([{ state: 'delivered' }]);
});

test("the operator's share stays in the sandbox, even where sandboxes deliver, and hides the address", async () => {
  const tenantId = await newSandbox();
  const operatorEmail = 'operator@platform.example';
  const row = await world.order({
    tenantId,
    mail: {
      template: 'approvalEscalation',
      audience: 'operator',
      to: operatorEmail,
      data: { recipient: 'the operator' },
    },
  });
  await world.attempt(row, deliver);
  await world.attempt(await world.order({ tenantId, email: operatorEmail }), deliver);
  expect(world.server.accepted).toEqual([]);
  expect(await kept(tenantId)).toMatchObject([
    { state: 'withheld', audience: 'operator', to: null, toKey: null },
    { state: 'withheld', audience: 'person', to: operatorEmail },
  ]);
  expect((await world.timeline(row))[0]).toContain('to the operator was withheld');
});

test('where sandboxes deliver, a stranger gets the mail, which is marked and kept', async () => {
  const tenantId = await newSandbox();
  const row = await world.order({ tenantId, email: 'tester@example.com' });
  await world.attempt(row, deliver);
  expect(world.server.accepted.map(({ to }) => to)).toEqual([['tester@example.com']]);
  expect(subjectOf(world.server.accepted[0]?.raw)).toMatch(/^\[sandbox\] /);
  expect(await kept(tenantId)).toMatchObject([{ state: 'delivered' }]);
  expect(await world.verificationMail(row)).toMatchObject({ state: 'sent' });
});

test('a refused mail of a sandbox is kept once, as undeliverable', async () => {
  const tenantId = await newSandbox();
  const row = await world.order({ tenantId, email: 'gone@example.com' });
  world.server.refuse({ stage: 'RCPT TO', code: 550 });
  for (const outcome of ['failed', 'failed', 'done']) expect(await world.attempt(row, deliver)).toBe(outcome);
  expect(await kept(tenantId)).toMatchObject([{ state: 'undeliverable', to: 'gone@example.com' }]);
});

test('a mail that the sandbox cannot keep is never sent, rather than again and again', async () => {
  const tenantId = await newSandbox();
  const mail = { template: 'approvalRequest', audience: 'reviewer', to: 'reviewer@partner.example', data: {} } as const;
  const row = await world.order({ tenantId, mail });
  await database.models.outbox.updateOne({ _id: row._id }, { $set: { correlationId: '' } });
  expect(await world.attempt(row, deliver)).toBe('failed');
  expect(world.server.accepted).toEqual([]);
});

test("a live tenant's mail is sent whatever sandboxes do, without a mark or a copy", async () => {
  const tenantId = await world.newTenant({ mode: 'live' });
  await world.attempt(await world.order({ tenantId, email: 'customer@example.com' }), withhold);
  expect(world.server.accepted.map(({ to }) => to)).toEqual([['customer@example.com']]);
  expect(subjectOf(world.server.accepted[0]?.raw)).not.toContain('sandbox');
  expect(await kept(tenantId)).toEqual([]);
});
