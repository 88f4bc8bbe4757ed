import { setTimeout as wait } from 'node:timers/promises';
import { userOnboardingId } from '../../../contracts/users/onboarding';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { newOutboxRow } from '../../../services/new-outbox-row';
import { markDone } from '../../../services/outbox';
import type { Onboarding } from '../../../models/users/onboarding';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { people, silent } from '../../../testing/queue-test-bed';
import { createReconciler } from '../reconcile';
import { eventOf } from './insert-onboardings';
import { visibleWorkflows } from './visible-workflows';

let database: Database;
let drop: () => Promise<void>;
const visible = visibleWorkflows();
const { processes } = visible;
const running = { add: visible.begin };

beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
beforeEach(async () => {
  visible.clear();
  await Promise.all(Object.values(database.models).map((model) => model.collection.deleteMany({})));
});
afterAll(() => drop());

const reconcile = (more: Partial<Parameters<typeof createReconciler>[0]> = {}) =>
  createReconciler({ database, processes, logger: silent, recheckAfterMs: 20, batch: 2, ...more })();

it('sets right the schedules that are missing or altered, in each look', async () => {
  const looks = [['listing-expiration'], []];
  const ensureSchedules = async () => looks.shift()!;
  expect(await reconcile({ ensureSchedules })).toEqual({ listed: 0, mended: 1 });
  expect(await reconcile({ ensureSchedules })).toEqual({ listed: 0, mended: 0 });
});

const items = () => database.models.stuckItems.find({}, { _id: 0, kind: 1, subject: 1, state: 1 }).lean();

/** Inserts an onboarding with the event that records its state. */
async function given(changes: Partial<Onboarding> = {}): Promise<Onboarding> {
  const { onboarding } = people({ onboarding: changes });
  await database.models.onboardings.insertMany([onboarding]);
  await database.models.events.insertMany([eventOf(onboarding)]);
  return onboarding;
}
const startRow = ({ tenantId, _id: entityId }: Onboarding) =>
  newOutboxRow({
    tenantId,
    entityType: 'onboarding',
    entityId,
    correlationId: 'c',
    pending: ['temporal'],
    start: { workflowType: 'userOnboarding', workflowId: userOnboardingId(entityId), taskQueue: 'users', input: {} },
  });
const startsOf = ({ _id }: Onboarding) => database.models.outbox.find({ entityId: _id }).sort({ _id: 1 }).lean();

test('nothing is listed while everything is in order', async () => {
  for (const state of ['awaiting_verification', 'awaiting_profile', 'activating'] as const)
    running.add(userOnboardingId((await given({ state }))._id));
  await given({ state: 'completed' });
  expect(await reconcile()).toEqual({ listed: 0, mended: 0 });
  expect(await items()).toEqual([]);
});

test('an open onboarding without a process is listed once, and unlisted when it runs again', async () => {
  const subject = userOnboardingId((await given())._id);
  expect(await reconcile()).toEqual({ listed: 1, mended: 0 });
  expect(await reconcile()).toEqual({ listed: 0, mended: 0 });
  expect(await items()).toEqual([{ kind: 'workflow_missing', subject, state: 'open' }]);
  running.add(subject);
  expect(await reconcile()).toEqual({ listed: 0, mended: 1 });
  expect(await items()).toEqual([{ kind: 'workflow_missing', subject, state: 'mended' }]);
});

test('an onboarding that changed a moment ago, or whose list entry only lags, is not listed', async () => {
  await given({ touchedAt: new Date() });
  const lagging = userOnboardingId((await given())._id);
  expect(await reconcile({ processes: { ...processes, isRunning: async (id) => id === lagging } })).toEqual({
    listed: 0,
    mended: 0,
  });
});

test('an onboarding without a start gets one, and is listed when two starts led nowhere', async () => {
  const onboarding = await given({ state: 'accepted' });
  expect(await reconcile()).toEqual({ listed: 0, mended: 1 });
  const [start] = await startsOf(onboarding);
  expect(start).toMatchObject({
    pending: ['temporal'],
    open: true,
    tenantId: onboarding.tenantId,
    entityId: onboarding._id,
    start: {
      workflowId: userOnboardingId(onboarding._id),
      input: { onboardingId: onboarding._id, requiresApproval: false },
    },
  });
  expect(await reconcile()).toEqual({ listed: 0, mended: 0 });
  expect(await startsOf(onboarding)).toHaveLength(1);
  const earlier = startRow(onboarding);
  await database.models.outbox.insertMany([earlier]);
  for (const { _id: rowId } of await startsOf(onboarding)) await markDone({ database, rowId, consumer: 'temporal' });
  expect(await reconcile()).toEqual({ listed: 1, mended: 0 });
  expect(await items()).toMatchObject([{ kind: 'workflow_missing' }]);
});

test('a process whose onboarding has ended or is missing is listed, except while it is ending', async () => {
  const ended = userOnboardingId((await given({ state: 'expired' }))._id);
  const ending = userOnboardingId((await given({ state: 'completed', touchedAt: new Date() }))._id);
  const unknown = userOnboardingId(newId('onboarding'));
  for (const workflowId of [ended, ending, unknown]) running.add(workflowId);
  expect(await reconcile()).toEqual({ listed: 2, mended: 0 });
  expect((await items()).map(({ kind, subject }) => ({ kind, subject }))).toEqual(
    expect.arrayContaining([
      { kind: 'workflow_orphaned', subject: ended },
      { kind: 'workflow_orphaned', subject: unknown },
    ]),
  );
  visible.clear();
  expect(await reconcile()).toEqual({ listed: 0, mended: 2 });
});

test('an onboarding whose state was changed by hand is listed until it is set right', async () => {
  const [silently, loudly] = [await given(), await given()];
  for (const { _id } of [silently, loudly, await given()]) running.add(userOnboardingId(_id));
  await database.models.onboardings.updateOne({ _id: silently._id }, { $set: { state: 'awaiting_profile' } });
  await database.models.onboardings.updateOne(
    { _id: loudly._id },
    { $set: { state: 'awaiting_profile' }, $inc: { version: 1 } },
  );
  expect(await reconcile()).toEqual({ listed: 2, mended: 0 });
  await database.models.onboardings.updateMany({}, { $set: { state: 'awaiting_verification' } });
  expect(await reconcile()).toEqual({ listed: 0, mended: 2 });
});

test('an onboarding that is wrong at the first check and right at the second is not listed', async () => {
  const { _id, state } = await given();
  running.add(userOnboardingId(_id));
  await database.models.onboardings.updateOne({ _id }, { $set: { state: 'awaiting_profile' } });
  const reconciling = createReconciler({ database, processes, logger: silent, recheckAfterMs: 3000 })();
  await wait(200);
  await database.models.onboardings.updateOne({ _id }, { $set: { state } });
  expect(await reconciling).toEqual({ listed: 0, mended: 0 });
});

test('more than a thousand onboardings without a process are all listed, and so is what comes after them', async () => {
  const many = Array.from({ length: 1001 }, () => people().onboarding);
  await database.models.onboardings.insertMany(many);
  await database.models.events.insertMany(many.map(eventOf));
  const orphan = userOnboardingId((await given({ state: 'expired' }))._id);
  running.add(orphan);
  expect(await reconcile({ batch: 100 })).toEqual({ listed: 1002, mended: 0 });
  const { stuckItems } = database.models;
  expect(await stuckItems.countDocuments({ kind: 'workflow_missing', open: true })).toBe(1001);
  expect(await stuckItems.countDocuments({ kind: 'workflow_orphaned', subject: orphan, open: true })).toBe(1);
});

test('an outage of Temporal lists nothing', async () => {
  await given();
  const away = { ...processes, isRunning: async () => Promise.reject(new Error('14 UNAVAILABLE')) };
  await expect(reconcile({ processes: away })).rejects.toThrow('UNAVAILABLE');
  expect(await items()).toEqual([]);
});
