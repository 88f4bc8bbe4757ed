import { environment, usage } from '../../testing/platform/program';
import { createWorkerHere } from '../../testing/servers/create-worker-here';
import { openTestNamespace, type TestNamespace } from '../../testing/servers/test-namespace';
import { workflowBundle } from '../../testing/servers/workflow-bundle';
import { waitFor } from '../../testing/wait-for';
import { checkRole } from '../check';

const taskQueue = 'subscriptions';
let temporal: TestNamespace;

// The server remembers the pollers of a namespace for minutes, so this file has one of its own.
beforeAll(async () => {
  temporal = await openTestNamespace(undefined, 'check');
  const { client } = temporal;
  await client.workflow.start('subscription', { workflowId: 'waits', taskQueue });
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  await waitFor(async () => (await client.workflow.count(query)).count === 1, { what: 'the workflow to be visible' });
});
afterAll(() => temporal.close());

/** Returns the lines of a check that failed; none of one that passed. */
async function faultsOf(role: string, queues?: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  const env = { ...environment(), TEMPORAL_NAMESPACE: temporal.namespace };
  const passed = await checkRole({ role, queues, env, print: (line) => lines.push(line) });
  const failed = lines.filter((line) => line.startsWith('failed'));
  expect(failed.length === 0).toBe(passed);
  return failed;
}
const unpolled = expect.stringMatching(/^failed .*: no worker polls subscriptions \(1 running\); remedy: start/);

test('--check fails where workflows run in a task queue that no worker polls', async () => {
  expect(await faultsOf('api')).toEqual([unpolled]);
  expect(await faultsOf('worker', ['payments', 'users'])).toEqual([unpolled]);
});

test('--check passes for the worker that is to serve the queue', async () => {
  const env = { ...environment(), TEMPORAL_NAMESPACE: temporal.namespace };
  expect(await usage(['--role', 'worker', '--queues', taskQueue, '--check'], env)).toMatchObject({ code: 0 });
  expect(await faultsOf('worker')).toEqual([]);
});

test('--check passes for all once a worker polls the queue', async () => {
  const { connection, namespace } = temporal;
  const activities = { nothing: async () => undefined };
  const worker = await createWorkerHere({ connection, namespace, taskQueue, workflowBundle, activities });
  await worker.runUntil(async () => {
    await waitFor(async () => (await faultsOf('api')).length === 0, { what: 'the poller to be known' });
    expect(await faultsOf('worker', ['payments', 'users'])).toEqual([]);
  });
});
