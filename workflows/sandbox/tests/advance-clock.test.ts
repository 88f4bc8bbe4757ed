import { setTimeout } from 'node:timers/promises';
import { createAdvanceTenant } from '../../../src/temporal/time-skipping/advance-tenant';
import { taskQueues } from '../../../src/contracts/task-queues';
import type { Database } from '../../../src/models/database';
import { tenantModels } from '../../../src/services/sandbox/delete-tenant-data';
import { resetSandbox } from '../../../src/temporal/commands/sandbox/reset-sandbox';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { ascending, openSandboxWorld, type SandboxWorld } from '../../../src/testing/worlds/sandbox-world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: SandboxWorld;

beforeAll(async () => {
  quietTemporal();
  world = await openSandboxWorld();
});
afterAll(() => world.close());

describe('the sandbox clock', () => {
  it('takes an onboarding past its deadlines, with the days in its timeline', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboardUntilMailed(tenantId);
    const before = await world.clock.now(tenantId);
    const operation = await world.ended(await world.advance(tenantId, 'P8D'));
    expect(operation).toMatchObject({ state: 'completed', failure: null, hops: { done: 8, total: 8 } });
    expect(operation.target.getTime() - operation.from.getTime()).toBe(8 * DAY);
    expect(operation.reached).toEqual(operation.target);
    expect(operation.fired).toEqual(
      expect.arrayContaining([
        { type: 'onboarding.verification_reminded', count: 2 },
        { type: 'onboarding.expired', count: 1 },
      ]),
    );

    const { state, createdAt } = await world.read(id);
    expect(state).toBe('expired');
    const events = await world.events(id);
    const daysAfter = (type: string) =>
      events
        .filter((event) => event.type === `onboarding.${type}`)
        .map(({ at }) => (at.getTime() - createdAt.getTime()) / DAY);
    expect(daysAfter('verification_reminded')).toEqual([expect.closeTo(1, 2), expect.closeTo(3, 2)]);
    expect(daysAfter('expired')).toEqual([expect.closeTo(7, 2)]);
    expect(await world.timesOf(id)).toEqual(ascending(await world.timesOf(id)));

    const passed = (await world.clock.now(tenantId)).getTime() - before.getTime();
    expect(passed).toBeGreaterThanOrEqual(8 * DAY);
    expect(passed).toBeLessThan(8 * DAY + 60_000);
  });

  it('keeps the order between entities to a day, however far it advances', async () => {
    const tenantId = await world.newTenant();
    const first = await world.onboardUntilMailed(tenantId);
    expect((await world.ended(await world.advance(tenantId, 'PT36H'))).state).toBe('completed');
    const second = await world.onboardUntilMailed(tenantId);
    expect((await world.ended(await world.advance(tenantId, 'P1M'))).state).toBe('completed');
    expect([(await world.read(first)).state, (await world.read(second)).state]).toEqual(['expired', 'expired']);
    const inOrderOfRecording = await world.database.models.events.find({ tenantId }).sort({ _id: 1 }).lean();
    inOrderOfRecording.reduce((latest, { at }) => {
      expect(at.getTime()).toBeGreaterThan(latest - DAY - HOUR);
      return Math.max(latest, at.getTime());
    }, 0);
  });

  it('gives an entity created later the tenant’s time from its first event', async () => {
    const tenantId = await world.newTenant();
    expect((await world.ended(await world.advance(tenantId, 'P40D'))).state).toBe('completed');
    const tenantMs = (await world.clock.now(tenantId)).getTime();
    expect(tenantMs - Date.now()).toBeGreaterThan(39 * DAY);

    const [patient, hasty] = [await world.onboard(tenantId), await world.onboard(tenantId, { start: false })];
    expect(await world.command(tenantId, hasty, 'cancelOnboarding')).toMatchObject({ state: 'compensating' });
    expect(await world.handle(hasty).result()).toBe('cancelled');
    await world.untilMailed(patient, 1);
    expect(await world.command(tenantId, patient, 'verifyEmail', { generation: 1 })).toMatchObject({
      state: 'awaiting_profile',
    });
    for (const at of [...(await world.timesOf(hasty)), ...(await world.timesOf(patient))]) {
      expect(Math.abs(at - tenantMs)).toBeLessThan(60_000);
    }
    expect((await world.read(patient)).until!.getTime() - tenantMs).toBeGreaterThan(13.9 * DAY);

    expect((await world.ended(await world.advance(tenantId, 'P15D'))).state).toBe('completed');
    expect((await world.read(patient)).state).toBe('completed');
    expect(await world.timesOf(patient)).toEqual(ascending(await world.timesOf(patient)));
  });

  it('starts a workflow that waits in the outbox, and advances it too', async () => {
    const tenantId = await world.newTenant();
    const id = await world.onboard(tenantId, { start: false });
    expect((await world.ended(await world.advance(tenantId, 'P8D'))).state).toBe('completed');
    expect((await world.read(id)).state).toBe('expired');
  });

  it('advances an entity created during the advance to the target too', async () => {
    const tenantId = await world.newTenant();
    await world.onboardUntilMailed(tenantId);
    const advance = await world.advance(tenantId, 'P12D');
    const born: string[] = [];
    // A bounded number: each must be advanced too, so an endless stream could outrun the clock.
    while (born.length < 12 && (await world.operation(advance)).state === 'running') {
      born.push(await world.onboard(tenantId));
      await setTimeout(150);
    }
    await world.ended(advance);
    expect((await world.operation(advance)).state).toBe('completed');
    const clock = await world.clock.offsetMs(tenantId);
    expect(born.length).toBeGreaterThan(1);
    for (const id of born) {
      await world.untilMailed(id, 1);
      const stand = await world.describe(id);
      if (stand?.running) expect(Math.abs(stand.offsetMs - clock)).toBeLessThan(1000);
      expect(await world.timesOf(id)).toEqual(ascending(await world.timesOf(id)));
    }
  });

  it('advances a workflow whose start had read the clock just before the hop', async () => {
    const tenantId = await world.newTenant();
    const step = {
      tenantId,
      operationId: await world.advance(tenantId, 'P20D', { start: false }),
      chain: 'a run of the test',
    };
    await world.sandboxClock.claim(step);
    let late = '';
    const recordingLate: Database = {
      ...world.database,
      async inTransaction(work) {
        late ||= await world.onboard(tenantId);
        return world.database.inTransaction(work);
      },
    };
    const advance = createAdvanceTenant({ client: world.client, database: recordingLate, starter: world.starter });
    expect(await advance({ ...step, signal: new AbortController().signal })).toEqual({ arrived: true, failure: null });
    expect((await world.read(late)).state).toBe('expired');
  });

  it('advances two tenants concurrently and no third', async () => {
    const [one, two, three] = [await world.newTenant(), await world.newTenant(), await world.newTenant()];
    const [a, b, c] = [
      await world.onboardUntilMailed(one),
      await world.onboardUntilMailed(two),
      await world.onboardUntilMailed(three),
    ];
    const [first, second] = await Promise.all([world.advance(one, 'P8D'), world.advance(two, 'P2D')]);
    expect(await world.ended(first)).toMatchObject({ state: 'completed' });
    expect(await world.ended(second)).toMatchObject({ state: 'completed' });
    expect([(await world.read(a)).state, (await world.read(b)).state, (await world.read(c)).state]).toEqual([
      'expired',
      'awaiting_verification',
      'awaiting_verification',
    ]);
    expect(await world.offsetOf(b)).toBeCloseTo(2 * DAY, -3);
    expect(Math.abs(await world.offsetOf(c))).toBeLessThan(1000);
    expect(await world.clock.offsetMs(three)).toBe(0);
  });

  it('refuses a second advance, a live tenant and a negative duration', async () => {
    const tenantId = await world.newTenant();
    await world.stopWorkers(taskQueues.operations);
    const running = await world.advance(tenantId, 'P1D');
    await expect(world.advance(tenantId, 'P1D')).rejects.toMatchObject({
      code: 'CLOCK_ADVANCING',
      details: { conflictsWith: running },
    });
    const results = await (async () => {
      const fresh = await world.newTenant();
      return Promise.allSettled([
        world.advance(fresh, 'P1D'),
        world.advance(fresh, 'P1D'),
        world.advance(fresh, 'P1D'),
      ]);
    })();
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CLOCK_ADVANCING' });
    await world.startWorkers(taskQueues.operations);
    expect((await world.ended(running)).state).toBe('completed');
    await expect(world.advance(await world.newTenant({ mode: 'live' }), 'P1D')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(world.advance(tenantId, '-P1D')).rejects.toMatchObject({ code: 'INVALID_REQUEST', pointer: '/by' });
  });

  it('resets to an empty sandbox in real time, even during an advance', async () => {
    const [tenantId, other] = [await world.newTenant(), await world.newTenant()];
    const untouched = await world.onboardUntilMailed(other);
    const gone = [await world.onboardUntilMailed(tenantId), await world.onboard(tenantId, { start: false })];
    expect((await world.ended(await world.advance(tenantId, 'P2D'))).state).toBe('completed');
    const operationId = await world.advance(tenantId, 'P300D');
    for (let time = 0; time < 2; time++)
      await resetSandbox({
        client: world.client,
        database: world.database,
        tenantId,
        requireHeld: async () => undefined,
        removeFile: async () => undefined,
      });
    for (const model of tenantModels(world.database))
      expect({ [model.modelName]: await model.countDocuments({ tenantId }) }).toEqual({ [model.modelName]: 0 });
    expect(await world.clock.offsetMs(tenantId)).toBe(0);
    for (const id of gone) expect((await world.handle(id).describe()).status.name).toBe('TERMINATED');
    expect((await world.read(untouched)).state).toBe('awaiting_verification');
    const fresh = await world.onboardUntilMailed(tenantId);
    expect(Math.abs(await world.offsetOf(fresh))).toBeLessThan(1000);
    expect((await world.ended(await world.advance(tenantId, 'P8D'))).state).toBe('completed');
    expect((await world.read(fresh)).state).toBe('expired');
    expect(await world.database.models.operations.findById(operationId)).toBeNull();
    expect(await world.clock.offsetMs(tenantId)).toBe(8 * DAY);
  });
});
