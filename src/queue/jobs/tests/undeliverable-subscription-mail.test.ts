import { summaryOf } from '../../../contracts/events';
import { openMailServer, type MailServer } from '../../../testing/servers/mail-server';
import { openMailWorld, type MailWorld } from '../../../testing/worlds/mail-world';

let server: MailServer;
let world: MailWorld;
beforeAll(async () => {
  server = await openMailServer();
  world = await openMailWorld({ smtpUrl: server.smtpUrl });
});
afterAll(async () => {
  await world?.close();
  await server.stop();
});

test('a refused mail about a subscription is on its timeline and on the operator’s list', async () => {
  const life = await world.subscribe({
    amount: { amountMinor: 1000, currency: 'EUR' },
    user: {},
    trialDays: 14,
    at: '2026-10-16T08:00:00.000Z',
  });
  await world.activities.startTrial(life.step('trial', '2026-10-16T08:00:01.000Z'));
  await world.activities.announceTrialEnd(life.step('notice', '2026-10-27T09:00:00.000Z'));
  server.refuse({ stage: 'DATA', code: 552, text: '5.2.2 Mailbox full' });
  for (let attempt = 1; attempt <= 4; attempt += 1) await life.sendMails();
  expect(server.offered).toHaveLength(3);

  const { _id: entityId, state } = await life.read();
  const { type, data } = (await world.database.models.events.findOne({ entityId }).sort({ version: -1 }).lean())!;
  expect(summaryOf({ type, data, currency: 'EUR' })).toBe(
    'The mail "trial ending" is undeliverable: the mail server refused it (552 5.2.2).',
  );
  expect(state).toBe('trialing');
  expect(await world.database.models.stuckItems.find({ entityId }).lean()).toMatchObject([
    { kind: 'mail_undeliverable', entityType: 'subscription', state: 'open' },
  ]);
});
