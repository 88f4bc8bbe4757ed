import { createMailer, type Mailer } from '../../../clients/mailer/mailer';
import { newId } from '../../../domain/ids';
import { presentOnboarding } from '../../../http/users/present-onboarding';
import { summaryOf } from '../../../contracts/events';
import { openStuckItem } from '../../../services/operator/stuck-items';
import { createStuckOperations } from '../../../services/operator/stuck-operations';
import { createRunningWorkflows } from '../../../temporal/running-workflows';
import { deliverAll, silent } from '../../../testing/queue-test-bed';
import { openMailServer, type MailServer } from '../../../testing/servers/mail-server';
import { quietTemporal } from '../../../testing/servers/quiet-temporal';
import { openOnboardingWorld, type OnboardingWorld } from '../../../testing/worlds/onboarding-world';
import { consumeRow } from '../../relay/consume-row';
import { createSendMail } from '../send-mail';

const noMailbox = { stage: 'RCPT TO', code: 550, text: '5.1.1 No such mailbox' } as const;
const by = { kind: 'operator', id: null } as const;
const secret = 'a-secret-of-the-test';

let world: OnboardingWorld;
let server: MailServer;
let mailer: Mailer;
beforeAll(async () => {
  quietTemporal();
  [world, server] = await Promise.all([openOnboardingWorld(), openMailServer()]);
  mailer = createMailer({ smtpUrl: server.smtpUrl, from: 'Platform <no-reply@platform.example>' });
});
afterAll(async () => {
  mailer.close();
  await Promise.all([server.stop(), world.close()]);
});

/** Offers every open mail of the onboarding to the server, as often as the relay would until it is sent or given up. */
async function sendMails(onboardingId: string): Promise<void> {
  const act = createSendMail({
    database: world.database,
    mailer,
    publicUrl: 'https://api.platform.example',
    verificationSecret: secret,
    ...deliverAll,
  });
  const { signal } = new AbortController();
  for (;;) {
    const row = await world.database.models.outbox.findOne({ entityId: onboardingId, open: true, pending: 'mail' });
    if (!row) return;
    await consumeRow({ database: world.database, rowId: row._id, consumer: 'mail', act, signal, logger: silent });
  }
}
const shown = async (id: string) => presentOnboarding(await world.read(id));
const summaries = async (id: string) =>
  (await world.events(id)).map(({ type, data }) => summaryOf({ type, data, currency: null }));
const openItems = (entityId: string) => world.database.models.stuckItems.find({ entityId, open: true }).lean();
const operate = async (action: 'restart' | 'close', entityId: string) => {
  const operations = createStuckOperations({
    database: world.database,
    workflows: createRunningWorkflows(world.client),
  });
  const item = (await openItems(entityId))[0]!;
  return world.database.inTransaction((session) => operations[action]({ item, by, reason: null, session }));
};
/** An onboarding whose verification mail the server has refused for good. */
async function undeliverable(): Promise<{ id: string; email: string }> {
  const id = await world.accept();
  const { email } = await world.userOf(id);
  server.refuse(noMailbox, email);
  await world.untilMailed(id, 1);
  await sendMails(id);
  return { id, email };
}

test('a refused address is corrected, and the person verified by the link that was sent there', async () => {
  const { id, email } = await undeliverable();
  expect((await shown(id)).verificationMail).toEqual({ state: 'undeliverable', code: 550, status: '5.1.1' });
  expect((await shown(id)).waitingFor?.what).toContain('a corrected address (POST /onboardings/{id}/email)');

  const corrected = `corrected.${newId('user')}@example.com`;
  await world.command(id, 'updateOnboardingEmail', { payload: { email: corrected } });
  expect(await openItems(id)).toEqual([]);
  await sendMails(id);
  expect(server.accepted.at(-1)?.to).toEqual([corrected]);
  expect((await shown(id)).waitingFor?.what).toBe('the person to follow the link in the verification mail');
  await expect(world.command(id, 'verifyEmail', { generation: 1 })).rejects.toMatchObject({ code: 'TOKEN_SUPERSEDED' });
  expect(await world.command(id, 'verifyEmail', { generation: 2 })).toMatchObject({ state: 'awaiting_profile' });

  expect((await summaries(id)).slice(2, -1)).toEqual([
    'A verification mail is being sent (link 1, valid for 24 hours).',
    'The mail "verification" is undeliverable: the mail server refused it (550 5.1.1).',
    'The address was corrected; a new link is being sent there (link 2), and earlier links no longer work.',
    'The mail "verification" was sent.',
  ]);
  expect(JSON.stringify(await world.events(id))).not.toContain(email);
});

test('an operator sends an undeliverable mail again once its address works', async () => {
  const { id, email } = await undeliverable();
  server.refuse(null, email);
  expect(await operate('restart', id)).toMatchObject({ state: 'restarted' });
  expect((await shown(id)).verificationMail?.state).toBe('being_sent');
  await sendMails(id);
  expect((await shown(id)).verificationMail?.state).toBe('sent');
  expect((await summaries(id)).slice(-2)).toEqual([
    'An operator requested the mail "verification" again; it is being sent.',
    'The mail "verification" was sent.',
  ]);
});

test('an operator closes an undeliverable mail, and the partner sees that it is not sent', async () => {
  const { id } = await undeliverable();
  expect(await operate('close', id)).toMatchObject({ state: 'closed' });
  expect((await shown(id)).verificationMail?.state).toBe('closed');
  expect((await shown(id)).waitingFor?.what).toContain('an operator closed the verification mail');
  expect((await summaries(id)).at(-1)).toBe('An operator closed the mail "verification": it is not sent.');
  await sendMails(id);
  expect((await world.mails(id)).length).toBe(1);
});

test('a mail that was refused for now is closed by an operator too', async () => {
  const id = await world.accept();
  await world.untilMailed(id, 1);
  const { outbox } = world.database.models;
  const row = await outbox.findOne({ entityId: id, pending: 'mail' }).lean().orFail();
  const { _id: subject, tenantId, entityType, entityId } = row;
  const item = { tenantId, entityType, entityId, subject, kind: 'outbox_failing', detail: 'x' } as const;
  await openStuckItem({ database: world.database, ...item });
  await operate('close', id);
  expect(await outbox.findById(row._id).lean()).toMatchObject({ pending: [], doneAt: expect.any(Date) });
  expect((await shown(id)).verificationMail?.state).toBe('closed');
});

test('the outcome of a mail does not confirm a state that was set by hand', async () => {
  const id = await world.accept();
  await world.untilMailed(id, 1);
  await world.database.models.onboardings.updateOne({ _id: id }, { $set: { state: 'awaiting_profile' } });
  await sendMails(id);
  expect((await world.events(id)).at(-1)).toMatchObject({ state: 'awaiting_verification' });
  expect(await world.database.models.outbox.exists({ entityId: id, open: true, pending: 'mail' })).toBeNull();
});

test('a new link and the end of the onboarding take the refused mail off the list', async () => {
  const { id, email } = await undeliverable();
  server.refuse(null, email);
  await world.command(id, 'resendVerification');
  expect(await openItems(id)).toEqual([]);

  const other = await undeliverable();
  await world.command(other.id, 'cancelOnboarding');
  expect(await world.handle(other.id).result()).toBe('cancelled');
  expect(await openItems(other.id)).toEqual([]);
});
