import { openTestNamespace, type TestNamespace } from '../../testing/servers/test-namespace';
import { waitFor } from '../../testing/wait-for';
import type { WorkflowSelection } from '../../contracts/workflow-selection';
import { createRunningWorkflows, type RunningWorkflows } from '../running-workflows';

let namespace: TestNamespace;
let workflows: RunningWorkflows;
beforeAll(async () => {
  namespace = await openTestNamespace();
  workflows = createRunningWorkflows(namespace.client);
});
afterAll(() => namespace?.close());

it('workflows are selected by type, id, state, beginning and end, and counted alike', async () => {
  const type = `selected${Date.now()}`;
  const begunAt = new Date();
  const idOf = (n: number): string => `${type}/${n}`;
  for (const n of [1, 2, 3, 4])
    await namespace.client.workflow.start(type, { workflowId: idOf(n), taskQueue: 'nobody' });
  await workflows.terminate({ workflowId: idOf(2), reason: 'a test' });
  const ids = async (selection: WorkflowSelection, atMost?: number) =>
    (await Array.fromAsync(workflows.list(selection, atMost))).map(({ workflowId }) => workflowId);
  const running = { status: 'running', workflowTypes: [type] } as const;
  const closed = { status: 'closed', workflowTypes: [type] } as const;
  await waitFor(async () => (await ids(closed)).length === 1 && (await ids(running)).length === 3, {
    what: 'the workflows to be visible',
  });

  expect(await ids(running)).toEqual([4, 3, 1].map(idOf));
  expect(await ids(running, 2)).toEqual([4, 3].map(idOf));
  expect(await ids({ status: 'running', workflowIds: [1, 2, 3].map(idOf) })).toEqual([3, 1].map(idOf));
  expect(await workflows.count({ status: 'running', workflowIds: [1, 2, 3].map(idOf) })).toBe(2);
  const [, third] = await Array.fromAsync(workflows.list(running));
  expect(await ids({ ...running, started: { until: third!.startedAt } })).toEqual([3, 1].map(idOf));
  const [before, after] = [new Date(begunAt.getTime() - 1), new Date(Date.now() + 1000)];
  expect(await ids({ ...running, started: { from: before, until: after } })).toHaveLength(3);
  expect(await ids({ ...closed, closed: { from: before, until: after } })).toEqual([idOf(2)]);
  expect(await ids({ ...closed, closed: { from: new Date(0), until: before } })).toEqual([]);
});
