import { openDatabase, type Database } from '../../src/models/database';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { readMails } from '../../src/testing/platform/mailbox';
import {
  commandUntilAnswered,
  newAddress,
  newestToken,
  onboardUntilAccepted,
  timelineOf,
  untilState,
} from '../../src/testing/worlds/onboard';
import { waitFor } from '../../src/testing/wait-for';

interface Scene {
  platform: Platform;
  app: PartnerApp;
  database: Database;
}

/** Two platforms side by side, because the work of a killed worker times out in real time. */
const scenes: Scene[] = [];
beforeAll(() =>
  Promise.all(
    ['killed-worker-1', 'killed-worker-2'].map(async (name) => {
      const platform = await startPlatform({ name });
      const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
      scenes.push({ platform, database, ...(await enrolPartner({ ...platform, reviewers: ['r1@partner.example'] })) });
      await database.connection.asPromise();
    }),
  ),
);
afterAll(() =>
  Promise.all(
    scenes.map(async ({ platform, database }) => {
      await database.close();
      await platform.stop();
    }),
  ),
);

const STEPS = [
  'accepted',
  'started',
  'verification_sent',
  'verified',
  'profile_submitted',
  'approval_requested',
  'notification_processed',
  'approved',
  'welcome_package_granted',
  'user_activated',
  'welcome_sent',
  'completed',
];

/** Takes one onboarding to its end, as an app would, through every outage. */
async function onboard({ platform, app }: Scene, email: string, id: string): Promise<void> {
  const token = await newestToken({ webUrl: platform.servers.mail.webUrl, to: email });
  for (const [command, body] of [
    ['verification', { token }],
    ['profile', { displayName: 'Ada' }],
    ['approve', {}],
  ] as const) {
    const { status, body: answer } = await commandUntilAnswered(app, `/onboardings/${id}/${command}`, body);
    expect({ command, status, answer }).toEqual({ command, status: 200, answer: expect.objectContaining({ id }) });
  }
  await untilState(app, id, 'completed');
}

/** Runs one onboarding per step, and kills the worker when the onboarding has taken the step, whatever else runs. */
async function killAfterEach(steps: readonly string[], scene: Scene): Promise<void> {
  const { platform, app, database } = scene;
  const [worker] = platform.workers;
  const subjects = await Promise.all(
    steps.map(async (step) => {
      const email = newAddress();
      const { id } = await onboardUntilAccepted(app, { email, requiresApproval: true });
      return { step, email, id };
    }),
  );
  const waiting = new Map(subjects.map(({ step, id }) => [id, step]));
  const killer = (async () => {
    while (waiting.size > 0) {
      const reached = await waitFor(
        () =>
          database.models.events
            .findOne({
              $or: [...waiting].map(([entityId, step]) => ({
                entityId,
                type: `onboarding.${step}` as 'onboarding.accepted',
              })),
            })
            .lean(),
        { what: `one of ${[...waiting.values()].join(', ')}`, everyMs: 50 },
      );
      waiting.delete(reached.entityId);
      await worker!.kill();
      await worker!.start();
    }
  })();
  await Promise.all([killer, ...subjects.map(({ email, id }) => onboard(scene, email, id))]);

  for (const { id } of subjects) {
    expect(await timelineOf(app, id)).toEqual(STEPS);
    expect(await database.models.entitlements.countDocuments({ onboardingId: id })).toBe(1);
  }
  // Verification and welcome each, and one request for approval each: one Message-ID per mail, one mail per Message-ID.
  const mails = await waitFor(
    async () => {
      const all = await readMails(platform.servers.mail.webUrl);
      return new Set(all.map(({ messageId }) => messageId)).size >= subjects.length * 3 && all;
    },
    { what: 'all mails', everyMs: 500 },
  );
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(subjects.length * 3);
  for (const { email } of subjects) {
    const own = mails.filter(({ to }) => to === email);
    expect(new Set(own.map(({ messageId }) => messageId)).size).toBe(2);
    expect(new Set(own.map(({ messageId, subject }) => `${messageId} ${subject}`)).size).toBe(2);
  }
}

it('ends the same way when the worker is killed right after each step', async () => {
  const steps = STEPS.slice(0, -1);
  await Promise.all(
    scenes.map((scene, index) =>
      killAfterEach(
        steps.filter((_, at) => at % scenes.length === index),
        scene,
      ),
    ),
  );
});
