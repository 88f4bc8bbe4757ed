import { ScheduleNotFoundError, type ScheduleDescription, type ScheduleUpdateOptions } from '@temporalio/client';
import { defineSchedule } from '../../contracts/schedule';
import { schedules } from '../../contracts/schedules';
import { taskQueues } from '../../contracts/task-queues';
import { openTestNamespace, type TestNamespace } from '../../testing/servers/test-namespace';
import { ensureSchedules } from '../ensure-schedules';

type RawSchedule = NonNullable<ScheduleDescription['raw']['schedule']>;

const nightly = defineSchedule({
  id: 'test-schedule',
  about: 'Does nothing.',
  everyMs: 86_400_000,
  catchUpMs: 3_600_000,
  workflowType: 'noSuchWorkflow',
  workflowId: 'noSuchWorkflow/schedule',
  taskQueue: taskQueues.listings,
  input: { isScheduled: true },
});

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await openTestNamespace();
});
beforeEach(deleteAll);
afterAll(async () => {
  await deleteAll();
  await temporal.close();
});

async function deleteAll(): Promise<void> {
  for (const { id } of [nightly, ...schedules])
    await handleOf(id)
      .delete()
      .catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
}

const handleOf = (id: string) => temporal.client.schedule.getHandle(id);
const ensure = (wanted = [nightly]) =>
  ensureSchedules({ client: temporal.client, schedules: wanted, timeoutMs: 10_000 });
/** Returns all of the schedule, as the server has it. */
const described = async () => (await handleOf(nightly.id).describe()).raw.schedule!;
const alter = (changes: (as: ScheduleUpdateOptions) => ScheduleUpdateOptions) =>
  handleOf(nightly.id).update(({ spec, action, policies }) =>
    changes({ spec, action: { ...action, type: 'startWorkflow' }, policies, state: { note: nightly.about } }),
  );
const alterAction = (changes: Partial<ScheduleUpdateOptions['action']>) => (as: ScheduleUpdateOptions) => ({
  ...as,
  action: { ...as.action, ...changes },
});
type RawStart = NonNullable<NonNullable<RawSchedule['action']>['startWorkflow']>;
const alterStart = (changes: RawStart) => (as: RawSchedule) => ({
  ...as,
  action: { startWorkflow: { ...as.action?.startWorkflow, ...changes } },
});

it('a missing schedule is made, by one of ten workers', async () => {
  const made = await Promise.all(Array.from({ length: 10 }, () => ensure()));
  expect(made.flat()).toEqual([nightly.id]);
  const { spec, action, policies } = await handleOf(nightly.id).describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: nightly.everyMs })]);
  expect(action).toMatchObject({ workflowType: 'noSuchWorkflow', args: [{ isScheduled: true }] });
  expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: nightly.catchUpMs });
  expect(await ensure()).toEqual([]);
});

it.each<[string, (as: ScheduleUpdateOptions) => ScheduleUpdateOptions]>([
  ['its interval', (as) => ({ ...as, spec: { intervals: [{ every: 1000_000 }] } })],
  ['a further time', (as) => ({ ...as, spec: { ...as.spec, calendars: [{ hour: 3 }] } })],
  ['an offset', (as) => ({ ...as, spec: { intervals: [{ every: nightly.everyMs, offset: 60_000 }] } })],
  ['its end', (as) => ({ ...as, spec: { ...as.spec, endAt: new Date('2040-01-01') } })],
  ['the overlap', (as) => ({ ...as, policies: { ...as.policies, overlap: 'ALLOW_ALL' } })],
  ['the catch-up window', (as) => ({ ...as, policies: { ...as.policies, catchupWindow: 60_000 } })],
  ['the workflow', (as) => ({ ...as, action: { ...as.action, workflowType: 'another' } })],
  ['the task queue', (as) => ({ ...as, action: { ...as.action, taskQueue: 'another' } })],
  ['the input', (as) => ({ ...as, action: { ...as.action, args: [] } })],
  ['the number of starts', (as) => ({ ...as, state: { ...as.state, remainingActions: 1 } })],
  ['the jitter', (as) => ({ ...as, spec: { ...as.spec, jitter: 60_000 } })],
  ['the pause after a failure', (as) => ({ ...as, policies: { ...as.policies, pauseOnFailure: true } })],
  ['the time of a run', alterAction({ workflowRunTimeout: 1 })],
  ['the time of all runs', alterAction({ workflowExecutionTimeout: 1 })],
  ['the time of a task', alterAction({ workflowTaskTimeout: 1 })],
  ['the retries', alterAction({ retry: { maximumAttempts: 2 } })],
  ['the memo', alterAction({ memo: { a: 1 } })],
  ['the search attributes', alterAction({ searchAttributes: { TenantId: ['prt_1:live'] } })],
  ['the summary', alterAction({ staticSummary: 'Another' })],
])('a schedule of which somebody altered %s is set right', async (_, changes) => {
  await ensure();
  const before = await described();
  await alter(changes);
  expect(await ensure()).toEqual([nightly.id]);
  expect(await described()).toEqual(before);
  expect(await ensure()).toEqual([]);
});

it.each<[string, (as: RawSchedule) => RawSchedule]>([
  ['the version of its workers', alterStart({ versioningOverride: { autoUpgrade: true } })],
  ['the priority', alterStart({ priority: { priorityKey: 5 } })],
  ['the id of its runs', (as) => ({ ...as, policies: { ...as.policies, keepOriginalWorkflowId: true } })],
])('a schedule of which somebody altered %s without the SDK is set right', async (_, changes) => {
  await ensure();
  const before = await described();
  const { namespace } = temporal.client.options;
  const schedule = changes(before);
  await temporal.client.workflowService.updateSchedule({ namespace, scheduleId: nightly.id, schedule });
  expect(await ensure()).toEqual([nightly.id]);
  expect(await described()).toEqual(before);
  expect(await ensure()).toEqual([]);
});

it('a schedule that an operator paused stays paused, even while it is set right', async () => {
  await ensure();
  await handleOf(nightly.id).pause('Maintenance');
  expect(await ensure()).toEqual([]);
  expect(await ensure([{ ...nightly, everyMs: 3_600_000 }])).toEqual([nightly.id]);
  const { state } = await handleOf(nightly.id).describe();
  expect(state).toMatchObject({ paused: true, note: 'Maintenance' });
});

it('the sweep of listings starts every 5 minutes, one at a time, and makes up for an hour', async () => {
  await ensure([...schedules]);
  const { spec, action, policies } = await handleOf('listing-expiration').describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 300_000 })]);
  expect(action).toMatchObject({ workflowType: 'listingExpiration', taskQueue: 'listings' });
  expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 });
});
