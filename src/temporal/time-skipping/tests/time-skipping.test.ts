import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { deferred } from '../../../testing/deferred';
import { quietTemporal } from '../../../testing/servers/quiet-temporal';
import { openTestNamespace, type TestNamespace } from '../../../testing/servers/test-namespace';
import { waitFor } from '../../../testing/wait-for';
import { PendingTimers } from '../pending-timers';
import { advanceWorkflowTo } from '../time-skipping';
import { describeWorkflow } from '../time-skipping-api';

const DAY_MS = 86_400_000;
/** Longer than the leeway by which a workflow may stay behind. */
const WORK_MS = 500;

let temporal: TestNamespace;
let worker: Worker;
let running: Promise<void>;
/** The body of the workflow's activity. */
let work: () => Promise<unknown>;
beforeEach(() => {
  work = () => setTimeout(WORK_MS);
});
beforeAll(async () => {
  quietTemporal();
  temporal = await openTestNamespace();
  worker = await Worker.create({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue: 'days',
    workflowsPath: require.resolve('../../../testing/faults/day-of-work.ts'),
    activities: { work: () => work() },
  });
  running = worker.run();
});
afterAll(async () => {
  worker?.shutdown();
  await running;
  await temporal?.close();
});

/** Makes the activity run until the returned function is called. */
function holdWork(): () => void {
  const { promise: released, resolve: release } = deferred();
  work = () => released;
  return release;
}

/** Starts a workflow that waits for a day; resolves to the instant at which the day is over (ms). */
async function startDay(): Promise<{ workflowId: string; dueMs: number }> {
  const { client } = temporal;
  const workflowId = randomUUID();
  await client.workflow.start('dayOfWork', { workflowId, taskQueue: 'days' });
  const timers = new PendingTimers(client, workflowId);
  const dueMs = await waitFor(
    async () => {
      await timers.read((await describeWorkflow({ client, workflowId }))!);
      return timers.nextMs;
    },
    { what: 'its first timer', everyMs: 5 },
  );
  return { workflowId, dueMs };
}

/** Ends a workflow and returns its final lead over real time, in days. */
async function endDay(workflowId: string): Promise<number> {
  const snapshot = await describeWorkflow({ client: temporal.client, workflowId });
  await temporal.client.workflow.getHandle(workflowId).terminate();
  return snapshot!.offsetMs / DAY_MS;
}

type Service = Client['workflowService'];
type Before = { [Call in keyof Service]?: (request: never) => Promise<unknown> };

/** Returns the client with functions that run before some of its calls. */
function clientWith(before: Before): Client {
  const service = Object.create(temporal.client.workflowService) as Record<string, unknown>;
  for (const [call, happen] of Object.entries(before)) {
    service[call] = async (request: never) => {
      await happen(request);
      return (temporal.client.workflowService as unknown as Record<string, (request: never) => unknown>)[call]!(
        request,
      );
    };
  }
  return Object.create(temporal.client, { workflowService: { value: service } }) as Client;
}
const isSkip = (request: { workflowExecutionOptions: { timeSkippingConfig: { enabled: boolean } } }) =>
  request.workflowExecutionOptions.timeSkippingConfig.enabled;
/** Returns every switch of the workflow's time skipping, in order. */
async function skipsOf(workflowId: string): Promise<('on' | 'off')[]> {
  const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  const switched = (events ?? []).flatMap(
    ({ workflowExecutionOptionsUpdatedEventAttributes: options }) => options ?? [],
  );
  return switched.map(({ timeSkippingConfig }) => (timeSkippingConfig?.enabled ? 'on' : 'off'));
}
const busyWith = async (workflowId: string) =>
  (await describeWorkflow({ client: temporal.client, workflowId }))?.busyWith ?? null;

// A session left on carries a workflow that becomes idle just after its target on to the next timer, however far
// (docs/decisions/0009).
describe('no skip is left on while the workflow is at work', () => {
  it('where a message came between the check and the skip', async () => {
    const { workflowId } = await startDay();
    const handle = temporal.client.workflow.getHandle(workflowId);
    const release = holdWork();
    let sent = false;
    const client = clientWith({
      async updateWorkflowExecutionOptions(request) {
        if (sent || !isSkip(request)) return;
        sent = true;
        await handle.signal('workNow');
        await waitFor(() => busyWith(workflowId), { what: 'it to work', everyMs: 2 });
      },
    });
    const advanced = advanceWorkflowTo({ client, workflowId, offsetMs: 20 * WORK_MS });
    await waitFor(async () => (await skipsOf(workflowId)).length > 1, {
      what: 'the skip to be switched off',
    }).finally(release);
    expect(await advanced).toBeNull();
    expect((await skipsOf(workflowId)).slice(0, 2)).toEqual(['on', 'off']);
    expect(await endDay(workflowId)).toBeLessThan(0.1);
  });

  /** Returns a client that records the work in flight whenever a skip began. */
  const watched = (workflowId: string, before: Before = {}) => {
    const begunWhile: (string | null)[] = [];
    const client = clientWith({
      ...before,
      async updateWorkflowExecutionOptions(request) {
        if (isSkip(request)) begunWhile.push(await busyWith(workflowId));
      },
    });
    return { client, begunWhile };
  };

  it('where a timer fired between the check and the reading of the timers', async () => {
    const { workflowId, dueMs } = await startDay();
    const release = holdWork();
    const fired = waitFor(() => busyWith(workflowId), { what: 'its timer to fire', everyMs: 2 });
    void fired.then(() => setTimeout(WORK_MS)).then(release, release);
    expect(
      await advanceWorkflowTo({ client: temporal.client, workflowId, offsetMs: dueMs - 3 * WORK_MS - Date.now() }),
    ).toBeNull();
    const { client, begunWhile } = watched(workflowId, { getWorkflowExecutionHistoryReverse: () => fired });
    expect(await advanceWorkflowTo({ client, workflowId, offsetMs: dueMs + DAY_MS / 2 - Date.now() })).toBeNull();
    expect(begunWhile).toEqual([null]);
    expect(await endDay(workflowId)).toBeLessThan(2);
  });

  it('for a target, or before a timer, so near that it might pass before the server has skipped', async () => {
    const { workflowId, dueMs } = await startDay();
    const { client, begunWhile } = watched(workflowId);
    const advance = async (offsetMs: number) => {
      expect(await advanceWorkflowTo({ client, workflowId, offsetMs })).toBeNull();
      return begunWhile.splice(0).length;
    };
    expect(await advance(200)).toBe(0);
    expect(await advance(dueMs - 200 - Date.now())).toBe(1);
    // The timer comes by itself; one skip follows when the work is done.
    expect(await advance(dueMs + DAY_MS / 2 - Date.now())).toBe(1);
    expect(await endDay(workflowId)).toBeLessThan(2);
  });
});
