import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { quietTemporal } from '../testing/quiet-temporal';
import { openTestNamespace, type TestNamespace } from '../testing/test-namespace';
import { waitFor } from '../testing/wait-for';
import { PendingTimers } from './pending-timers';
import { bringWorkflow } from './time-skipping';
import { describeStand, millisecondsOf } from './time-skipping-api';

const DAY_MS = 86_400_000;
const LANES = 2;
const PROBES = 80;

let temporal: TestNamespace;
let worker: Worker;
let running: Promise<void>;
beforeAll(async () => {
  quietTemporal();
  temporal = await openTestNamespace();
  worker = await Worker.create({
    connection: temporal.connection, namespace: temporal.namespace, taskQueue: 'days', workflowsPath: require.resolve('../testing/day-of-work.ts'), activities: { work: async () => {} },
  });
  running = worker.run();
});
afterAll(async () => {
  worker?.shutdown();
  await running;
  await temporal?.close();
});

/** Brings one past the day after which it works by so many ms. Answers how many ms after the day it had come to rest, and where it stands (days). */
async function probe(pastMs: number): Promise<{ restAfterMs: number; days: number }> {
  const { client } = temporal;
  const workflowId = randomUUID();
  const handle = await client.workflow.start('dayOfWork', { workflowId, taskQueue: 'days' });
  const timers = new PendingTimers(client, workflowId);
  const dueMs = await waitFor(async () => {
    await timers.read((await describeStand({ client, workflowId }))!);
    return timers.nextMs;
  }, { what: 'its first timer', everyMs: 5 });
  expect(await bringWorkflow({ client, workflowId, offsetMs: dueMs + pastMs - Date.now() })).toBeNull();
  const stand = await describeStand({ client, workflowId });
  const waits = (await handle.fetchHistory()).events?.filter((event) => event.timerStartedEventAttributes);
  await handle.terminate();
  return { restAfterMs: millisecondsOf(waits?.[1]?.eventTime ?? {}) - dueMs, days: stand!.offsetMs / DAY_MS };
}

// Server 1.32 skips on to the next timer, however far, when a workflow comes to rest just after real time has passed the target.
it('never goes past its target, also where that comes while the workflow is at work', async () => {
  const stood: number[] = [];
  await Promise.all(Array.from({ length: LANES }, async () => {
    // Each aims shortly before the moment at which the one before it came to rest.
    for (let turn = 0, aimMs = 60; turn < PROBES / LANES; turn++) {
      const { restAfterMs, days } = await probe(aimMs);
      stood.push(days);
      aimMs = Math.max(1, Math.round(restAfterMs) - 4 - (turn % 6) * 4);
    }
  }));
  expect(stood.filter((days) => days > 2)).toEqual([]);
});
