import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Worker } from '@temporalio/worker';
import { recordHistory } from '../../histories/record-history';
import { createWorkerHere } from '../../servers/create-worker-here';
import { quietTemporal } from '../../servers/quiet-temporal';
import { openTestNamespace, type TestNamespace } from '../../servers/test-namespace';

const taskQueue = 'greetings';
const sent: string[] = [];
let temporal: TestNamespace;
let worker: Worker;
let running: Promise<void>;
beforeAll(async () => {
  quietTemporal();
  temporal = await openTestNamespace();
  worker = await createWorkerHere({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue,
    workflowsPath: require.resolve('../patched-greeting.ts'),
    activities: { sendLetter: async () => void sent.push('letter'), sendMail: async () => void sent.push('mail') },
  });
  running = worker.run();
});
afterAll(async () => {
  worker?.shutdown();
  await running;
  await temporal?.close();
});

/** With RECORD_HISTORIES=1 this test writes the histories of the replay test. */
it.each([
  ['greeting', 'letter', 'before-the-patch'],
  ['patchedGreeting', 'mail', 'with-the-patch'],
])('%s sends a %s', async (workflowType, expected, history) => {
  const handle = await temporal.client.workflow.start(workflowType, { workflowId: randomUUID(), taskQueue });
  await handle.result();
  expect(sent.at(-1)).toBe(expected);
  await recordHistory(history, handle, join(__dirname, '../histories'));
});
