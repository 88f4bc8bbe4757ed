import { openDatabase } from '../../src/models/database';
import { startPlatform, type Platform } from '../../src/testing/platform';
import { enrolPartner, type PartnerApp } from '../../src/testing/partner-app';
import { readMails } from '../../src/testing/mailbox';
import { commandUntilAnswered, newAddress, newestToken, postOnboarding, timelineOf, untilState } from '../../src/testing/onboard';
import { waitFor } from '../../src/testing/wait-for';

let platform: Platform;
let app: PartnerApp;

beforeAll(async () => {
  platform = await startPlatform({ name: 'killed-worker' });
  ({ app } = await enrolPartner({ ...platform, reviewers: ['r1@partner.example', 'r2@partner.example'] }));
}, 120_000);
afterAll(() => platform.stop());

it('ends the same way when the worker is killed after every single step: one welcome package, each mail under one Message-ID', async () => {
  const [worker] = platform.workers;
  const email = newAddress();
  const { body } = await postOnboarding(app, { email, requiresApproval: true });
  const id = body.id;

  // Kills the worker each time the timeline has grown, whatever it was doing next.
  let kills = 0;
  let over = false;
  const killer = (async () => {
    for (let seen = 0; !over; ) {
      const length = (await timelineOf(app, id).catch(() => [])).length;
      if (length <= seen) continue;
      seen = length;
      await worker!.kill();
      kills++;
      await worker!.start();
    }
  })();

  const token = await newestToken({ webUrl: platform.servers.mail.webUrl, to: email });
  expect((await commandUntilAnswered(app, `/onboardings/${id}/verification`, { token })).status).toBe(200);
  expect((await commandUntilAnswered(app, `/onboardings/${id}/profile`, { displayName: 'Ada' })).status).toBe(200);
  expect((await commandUntilAnswered(app, `/onboardings/${id}/approve`, {})).status).toBe(200);
  await untilState(app, id, 'completed', 120_000);
  over = true;
  await killer;

  expect(kills).toBeGreaterThanOrEqual(6);
  expect(await timelineOf(app, id)).toEqual([
    'accepted', 'started', 'verification_sent', 'verified', 'profile_submitted', 'approval_requested', 'notification_processed', 'approved',
    'welcome_package_granted', 'user_activated', 'welcome_sent', 'completed',
  ]);
  const mails = await waitFor(
    async () => {
      const all = (await readMails(platform.servers.mail.webUrl)).filter(({ to }) => to === email || to.endsWith('@partner.example'));
      return new Set(all.map(({ messageId }) => messageId)).size >= 4 && all;
    },
    { what: 'verification, two requests and welcome', timeoutMs: 90_000 },
  );
  // One Message-ID per mail, and one mail per Message-ID: a copy sent twice is the same to a mail client.
  const subjectsById = new Map(mails.map(({ messageId, to, subject }) => [messageId, `${to} ${subject}`]));
  expect(subjectsById.size).toBe(4);
  expect(new Set(subjectsById.values()).size).toBe(4);

  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  expect(await database.models.entitlements.countDocuments({ onboardingId: id })).toBe(1);
  await database.close();
}, 300_000);
