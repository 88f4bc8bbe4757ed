import { openDatabase } from '../../src/models/database';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { commandUntilAnswered, onboardUntilAccepted, timelineOf, untilState } from '../../src/testing/worlds/onboard';
import { waitFor } from '../../src/testing/wait-for';

let platform: Platform;
let app: PartnerApp;
let operator: PartnerApp;

beforeAll(async () => {
  platform = await startPlatform({ name: 'reconciler' });
  ({ app, operator } = await enrolPartner(platform));
});
afterAll(() => platform?.stop());

interface Stuck {
  id: string;
  kind: string;
  entityId: string;
  state: string;
}

const listed = (kind: string, entityId: string) =>
  waitFor(
    async () => {
      const { body } = await operator.get<{ items: Stuck[] }>('/operations/stuck?limit=100');
      return body.items.find((item) => item.kind === kind && item.entityId === entityId);
    },
    { what: `${kind} of ${entityId} to be listed`, everyMs: 500 },
  );

it('lists terminated workflows and entities changed by hand, and an operator repairs them', async () => {
  const [terminated, changed, finished] = (
    await Promise.all([onboardUntilAccepted(app), onboardUntilAccepted(app), onboardUntilAccepted(app)])
  ).map(({ id }) => id) as [string, string, string];
  // The state is recorded before the event that the link is being sent.
  for (const id of [terminated, changed, finished])
    await waitFor(async () => (await timelineOf(app, id)).at(-1) === 'verification_sent', {
      what: `${id} to have sent its link`,
    });
  const client = connectTemporal({
    address: platform.servers.temporal.address,
    namespace: 'default',
    tls: false,
    apiKey: undefined,
  });
  await client.workflow.getHandle(`userOnboarding/${terminated}`).terminate('from outside');
  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  await database.models.onboardings.updateOne({ _id: changed }, { $set: { state: 'awaiting_approval' } });
  await database.models.onboardings.updateOne({ _id: finished }, { $set: { state: 'completed' } });

  const [missing, mismatch, orphaned] = await Promise.all([
    listed('workflow_missing', terminated),
    listed('state_mismatch', changed),
    listed('workflow_orphaned', finished),
  ]);

  // The restarted process continues from the recorded state and repeats nothing.
  expect((await commandUntilAnswered(operator, `/operations/stuck/${missing.id}/restart`)).status).toBe(200);
  await waitFor(
    async () => (await client.workflow.getHandle(`userOnboarding/${terminated}`).describe()).status.name === 'RUNNING',
    { what: 'the new run' },
  );
  expect(await timelineOf(app, terminated)).toEqual(['accepted', 'started', 'verification_sent', 'restarted']);
  const cancelled = await commandUntilAnswered(app, `/onboardings/${terminated}/cancel`, {});
  expect(cancelled.status).toBe(200);
  await untilState(app, terminated, 'cancelled');

  // The closed process is ended, and its finished steps are undone.
  const reason = { reason: 'Changed by mistake' };
  expect((await commandUntilAnswered(operator, `/operations/stuck/${mismatch.id}/close`, reason)).body).toMatchObject({
    state: 'closed',
  });
  await untilState(app, changed, 'cancelled');
  const user = await database.models.users.findOne({ onboardingId: changed }).lean().orFail();
  expect(await database.models.heldAddresses.exists({ _id: user._id })).toBeNull();
  // An entity ended by hand while its process ran is reopened, and then closed like any other.
  expect((await commandUntilAnswered(operator, `/operations/stuck/${orphaned.id}/close`)).status).toBe(200);
  await waitFor(
    async () => (await client.workflow.getHandle(`userOnboarding/${finished}`).describe()).status.name === 'TERMINATED',
    { what: 'the orphan to be ended' },
  );
  await untilState(app, finished, 'cancelled');
  await database.close();
  await client.connection.close();
});
