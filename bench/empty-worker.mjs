import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const taskQueue = 'empty';

/** Starts a Temporal worker with one empty workflow, and returns it with the way to start that workflow. */
export async function startEmptyWorker({ root, results, servers, env, startMeasured, log }) {
  const bundle = join(results, 'empty-workflows.js');
  const workflowsPath = join(root, 'bench', 'empty-workflows', 'index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  writeFileSync(bundle, code);
  const { address } = servers.temporal.addresses;
  const worker = startMeasured({
    name: 'empty worker',
    program: join(root, 'bench', 'bare-worker.cjs'),
    args: [bundle, taskQueue],
    env: { ...env, TEMPORAL_ADDRESS: address },
    log,
  });
  await worker.nextMessage('listening');
  const client = new Client({ connection: await Connection.connect({ address }) });
  return { ...worker, startWorkflow: (workflowId) => client.workflow.start('empty', { workflowId, taskQueue }) };
}
