import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import {
  commandUntilAnswered,
  newAddress,
  newestToken,
  onboardUntilAccepted,
  untilState,
} from '../../src/testing/worlds/onboard';

let platform: Platform;
let app: PartnerApp;
beforeAll(async () => {
  platform = await startPlatform({ name: 'restart' });
  ({ app } = await enrolPartner(platform));
});
afterAll(() => platform?.stop());

it('continues an onboarding that waits for verification after a stop of everything', async () => {
  const email = newAddress();
  const body = await onboardUntilAccepted(app, { email });
  const token = await newestToken({ webUrl: platform.servers.mail.webUrl, to: email });
  const [api, worker] = [platform.apis[0]!, platform.workers[0]!];
  expect(await Promise.all([api.stop('SIGTERM'), worker.stop('SIGINT')])).toEqual([0, 0]);
  const { mongodb, temporal, redis } = platform.servers;
  for (const server of [temporal, redis, mongodb]) await server.stop();
  for (const server of [mongodb, redis, temporal]) await server.start();
  await Promise.all([api.start(), worker.start()]);

  expect((await commandUntilAnswered(app, `/onboardings/${body.id}/verification`, { token })).status).toBe(200);
  expect((await commandUntilAnswered(app, `/onboardings/${body.id}/profile`, { displayName: 'Ada' })).status).toBe(200);
  await untilState(app, body.id, 'completed');
});
