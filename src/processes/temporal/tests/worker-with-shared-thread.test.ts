import type { WorkerOptions } from '@temporalio/worker';
import { ThreadedVMWorkflowCreator } from '@temporalio/worker/lib/workflow/threaded-vm';
import { openTestNamespace, type TestNamespace } from '../../../testing/servers/test-namespace';
import { workflowBundle } from '../../../testing/servers/workflow-bundle';
import { waitFor } from '../../../testing/wait-for';
import { workerWithSharedThread } from '../worker-with-shared-thread';

let temporal: TestNamespace;
beforeAll(async () => {
  temporal = await openTestNamespace();
});
afterAll(() => temporal.close());

/** Starts a workflow that no bundle has, and waits until the worker's thread has said so. */
async function untilThreadResponds(taskQueue: string): Promise<void> {
  const { client } = temporal;
  const handle = await client.workflow.start('noSuchWorkflow', { taskQueue, workflowId: `unknown/${taskQueue}` });
  const isRefused = async () =>
    ((await handle.fetchHistory()).events ?? []).some(({ workflowTaskFailedEventAttributes: failed }) =>
      failed?.failure?.message?.includes('no such function is exported'),
    );
  await waitFor(isRefused, { what: `a response of the thread of ${taskQueue}` });
  await handle.terminate();
}

test('workers of several queues share a thread, which ends with the last of them', async () => {
  const { connection, namespace } = temporal;
  const create = jest.spyOn(ThreadedVMWorkflowCreator, 'create');
  const destroy = jest.spyOn(ThreadedVMWorkflowCreator.prototype, 'destroy');
  const SharingWorker = workerWithSharedThread();
  const options: Omit<WorkerOptions, 'taskQueue'> = { connection, namespace, workflowBundle };
  const [first, second] = await Promise.all(
    ['first', 'second'].map((taskQueue) => SharingWorker.create({ ...options, taskQueue })),
  );
  expect(create).toHaveBeenCalledTimes(1);

  await second!.runUntil(async () => {
    await first!.runUntil(() => untilThreadResponds('first'));
    await untilThreadResponds('second');
    expect(destroy).toHaveBeenCalledTimes(0);
  });
  expect(destroy).toHaveBeenCalledTimes(1);
});

test('a thread ends when one of the workers could not be created', async () => {
  const { connection } = temporal;
  const destroy = jest.spyOn(ThreadedVMWorkflowCreator.prototype, 'destroy').mockClear();
  const SharingWorker = workerWithSharedThread();
  const options = { connection, namespace: 'absent', workflowBundle, taskQueue: 'first' };
  await expect(SharingWorker.create(options)).rejects.toThrow(/namespace/i);
  await SharingWorker.endThreads();
  expect(destroy).toHaveBeenCalledTimes(1);
});
