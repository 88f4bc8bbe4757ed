import { beginSkip } from '../../../src/temporal/time-skipping/time-skipping-api';
import { taskQueues } from '../../../src/contracts/task-queues';
import { userOnboardingId } from '../../../src/contracts/users/onboarding';
import { acceptSchedule } from '../../../src/services/reports/schedules/accept-schedule';
import { ensureSlots } from '../../../src/services/reports/slots';
import { tester } from '../../../src/testing/worlds/base-world';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { ascending, openSandboxWorld, type SandboxWorld } from '../../../src/testing/worlds/sandbox-world';
import { waitFor } from '../../../src/testing/wait-for';

const DAY = 86_400_000;
const STALL_AFTER_MS = 5000;

let world: SandboxWorld;
/** Onboardings whose mails fail while they are in this set. */
const mailless = new Set<string>();
/**
 * The clock of stalls, which stands still while nothing is meant to stall: a busy machine stalls nothing. It runs while
 * `isRunning`, so that ten checks without progress are a stall.
 */
const stallClock = { nowMs: 0, isRunning: false };

beforeAll(async () => {
  quietTemporal();
  world = await openSandboxWorld({
    stallAfterMs: STALL_AFTER_MS,
    stallClock: () => (stallClock.nowMs += stallClock.isRunning ? STALL_AFTER_MS / 10 : 0),
    wrap: (activities) => ({
      ...activities,
      async sendEmail(input) {
        if (mailless.has(input.onboardingId)) throw new Error('The post office is closed');
        return activities.sendEmail(input);
      },
    }),
  });
});
afterEach(() => {
  stallClock.isRunning = false;
});
afterAll(() => world.close());

const failedAttempts = async (id: string) => (await world.describe(id))?.failing?.attempts ?? 0;
/** Waits until a step of the onboarding has failed once more. */
const untilFailedAgain = async (id: string) => {
  const before = await failedAttempts(id);
  await waitFor(async () => (await failedAttempts(id)) > before, { what: `${id} to fail again` });
};

/** Makes a schedule of reports that is due by its tenant's clock, and long after by real time. */
async function scheduleBehind(tenantId: string): Promise<string> {
  const { database } = world;
  await ensureSlots({ database, tenantId });
  const request = { type: 'summary', period: 'day', at: '00:00', timeZone: 'UTC', formats: ['json'] } as const;
  const [at, offsetMs] = [new Date(Date.now() - 3 * DAY), -30 * DAY];
  const about = { database, tenantId, request, correlationId: 'test', by: tester, at, offsetMs };
  return (await database.inTransaction((session) => acceptSchedule({ ...about, session })))._id;
}

describe('an advance of the sandbox clock', () => {
  it('continues where it was when every worker stops in the middle', async () => {
    const tenantId = await world.newTenant();
    const ids = [await world.onboardUntilMailed(tenantId), await world.onboardUntilMailed(tenantId)];
    const operationId = await world.advance(tenantId, 'P20D');
    await waitFor(async () => (await world.operation(operationId)).offsets.reachedMs > 0, {
      what: 'the first hop',
      everyMs: 1,
    });
    await world.stopWorkers(taskQueues.users, taskQueues.operations);
    const { state, offsets } = await world.operation(operationId);
    expect(state).toBe('running');
    expect(offsets.reachedMs).toBeLessThan(20 * DAY);
    expect(await world.clock.offsetMs(tenantId)).toBe(offsets.reachedMs);
    await world.startWorkers(taskQueues.users, taskQueues.operations);
    expect(await world.ended(operationId)).toMatchObject({ state: 'completed', failure: null });
    for (const id of ids) {
      expect((await world.read(id)).state).toBe('expired');
      expect(await world.timesOf(id)).toEqual(ascending(await world.timesOf(id)));
    }
  });

  it('ends with a named failure when a step keeps failing, before the next deadline', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboardUntilMailed(tenantId);
    mailless.add(id);
    const scheduleId = await scheduleBehind(tenantId);
    const operationId = await world.advance(tenantId, 'P8D');
    await untilFailedAgain(id);
    stallClock.isRunning = true;
    const operation = await world.ended(operationId);
    stallClock.isRunning = false;
    expect(operation).toMatchObject({
      state: 'failed',
      failure: {
        code: 'ACTIVITY_FAILING',
        workflowId: userOnboardingId(id),
        detail: expect.stringContaining('sendEmail'),
      },
    });
    expect((await world.read(id)).state).toBe('awaiting_verification');
    // What follows the clock is where the clock is.
    expect(await world.database.models.reportRuns.countDocuments({ tenantId, scheduleId })).toBeGreaterThan(0);
    // The reminder is due after a day; its retries skip no time.
    expect(await world.offsetOf(id)).toBeLessThan(DAY + 1000);
    expect(await world.clock.offsetMs(tenantId)).toBeLessThanOrEqual(await world.offsetOf(id));
    await untilFailedAgain(id);
    expect(await world.offsetOf(id)).toBeLessThan(DAY + 1000);

    mailless.delete(id);
    await world.untilMailed(id, 2);
    expect(await world.ended(await world.advance(tenantId, 'P8D'))).toMatchObject({ state: 'completed' });
    expect((await world.read(id)).state).toBe('expired');
  });

  it('skips no time while a step fails, even without supervision', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboardUntilMailed(tenantId);
    mailless.add(id);
    await beginSkip({ client: world.client, workflowId: userOnboardingId(id), byMs: 8 * DAY });
    await untilFailedAgain(id);
    await untilFailedAgain(id);
    expect(await world.offsetOf(id)).toBeLessThan(DAY + 1000);
    mailless.delete(id);
  });

  it('survives a step that fails for a moment', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboardUntilMailed(tenantId);
    mailless.add(id);
    const operationId = await world.advance(tenantId, 'P8D');
    await untilFailedAgain(id);
    mailless.delete(id);
    expect(await world.ended(operationId)).toMatchObject({ state: 'completed' });
    const [reminded] = (await world.events(id)).filter(({ type }) => type === 'onboarding.verification_reminded');
    const createdAt = (await world.read(id)).createdAt.getTime();
    expect(reminded!.at.getTime() - createdAt).toBeLessThan(DAY + 60_000);
  });

  it('names the workflow whose tasks no worker takes', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboardUntilMailed(tenantId);
    await world.stopWorkers(taskQueues.users);
    stallClock.isRunning = true;
    const operation = await world.ended(await world.advance(tenantId, 'P8D'));
    await world.startWorkers(taskQueues.users);
    expect(operation).toMatchObject({
      state: 'failed',
      failure: { code: 'WORKFLOW_STALLED', workflowId: userOnboardingId(id) },
    });
    expect(await world.offsetOf(id)).toBeLessThan(2 * DAY + 1000);
  });
});
