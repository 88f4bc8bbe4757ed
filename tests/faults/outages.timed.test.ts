import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner, type Answer, type PartnerApp } from '../../src/testing/platform/partner-app';
import { newAddress, newestToken, postOnboarding, untilState } from '../../src/testing/worlds/onboard';
import { casesOf } from '../../src/testing/long-form';
import { waitFor } from '../../src/testing/wait-for';

/** Promised to callers are 2 s; the short form, which also runs on busy machines, gives twice as long. */
const WITHIN_MS = casesOf({ short: 4000, long: 2000 });

let platform: Platform;
let app: PartnerApp;

beforeAll(async () => {
  platform = await startPlatform({ name: 'outages' });
  ({ app } = await enrolPartner(platform));
});
afterAll(() => platform?.stop());

const outages = [
  [
    'stopped',
    (server: 'temporal' | 'redis' | 'mongodb') => platform.servers[server].stop(),
    (server: 'temporal' | 'redis' | 'mongodb') => platform.servers[server].start(),
  ],
  [
    'frozen',
    async (server: 'temporal' | 'redis' | 'mongodb') => platform.servers[server].pause(),
    async (server: 'temporal' | 'redis' | 'mongodb') => platform.servers[server].resume(),
  ],
] as const;

describe.each(['temporal', 'redis'] as const)('with %s away', (server) => {
  it.each(outages)(
    '(%s) several onboardings are accepted within 2 s each and continue afterwards',
    async (_how, away, back) => {
      await away(server);
      const addresses = Array.from({ length: 5 }, newAddress);
      let accepted;
      try {
        accepted = [];
        for (const email of addresses) {
          const answer = await postOnboarding(app, { email });
          expect({ status: answer.status, body: answer.body }).toMatchObject({
            status: 202,
            body: { state: 'accepted' },
          });
          expect(answer.ms).toBeLessThan(WITHIN_MS);
          accepted.push(answer.body.id);
        }
      } finally {
        await back(server);
      }
      for (const [index, id] of accepted.entries()) {
        await untilState(app, id, 'awaiting_verification');
        await newestToken({ webUrl: platform.servers.mail.webUrl, to: addresses[index]! });
      }
    },
  );
});

describe('with mongodb away', () => {
  it.each(outages)(
    '(%s) requests get 503 with Retry-After within 2 s, and succeed afterwards',
    async (_how, away, back) => {
      const before = await postOnboarding(app);
      const pid = platform.apis[0]!.pid();
      await away('mongodb');
      try {
        const requests: (() => Promise<Answer<{ code?: unknown }>>)[] = [
          () => postOnboarding(app),
          () => app.get(`/onboardings/${before.body.id}`),
          () => app.get('/me'),
        ];
        for (const send of requests) {
          const answers = await Promise.all(Array.from({ length: 5 }, send));
          for (const answer of answers) {
            expect({ status: answer.status, code: answer.body.code }).toEqual({
              status: 503,
              code: 'DATABASE_UNAVAILABLE',
            });
            expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
            expect(answer.ms).toBeLessThan(WITHIN_MS);
          }
        }
      } finally {
        await back('mongodb');
      }
      await waitFor(async () => (await postOnboarding(app)).status === 202, {
        what: 'the api to recover',
        timeoutMs: 15_000,
      });
      expect(platform.apis[0]!.pid()).toBe(pid);
      expect(platform.apis[0]!.alive()).toBe(true);
      await untilState(app, before.body.id, 'awaiting_verification');
    },
  );
});
