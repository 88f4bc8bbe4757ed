import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { connectTemporal } from '../../temporal/connect-temporal';
import { ensureSearchAttributes } from '../../temporal/search-attributes';
import { inBatches } from '../in-batches';
import { waitFor } from '../wait-for';
import { takePlace } from './place';

const GRPC_ALREADY_EXISTS = 6;

export interface TestNamespace {
  client: Client;
  connection: NativeConnection;
  namespace: string;
  /** Terminates the running workflows of the namespace, for the next test file, and closes both connections. */
  close: () => Promise<void>;
}

/**
 * Opens an idle Temporal namespace on the shared server, so that workers of other tests do not take its tasks. It is
 * registered once per jest worker and kind; each test file terminates its running workflows.
 */
export async function openTestNamespace(
  address = process.env.TEST_TEMPORAL_ADDRESS ?? '',
  kind = 'test',
): Promise<TestNamespace> {
  const { name: namespace, leave } = takePlace(kind);
  const client = connectTemporal({ address, namespace, tls: false, apiKey: undefined });
  await registerNamespace(client);
  // A new namespace reaches the server's caches after a moment.
  await waitFor(() => ensureSearchAttributes({ client, timeoutMs: 5000 }), {
    what: 'the namespace to be known',
  });
  // A file that failed early may have left workflows running.
  await terminateRunning(client);
  const connection = await NativeConnection.connect({ address });
  return {
    client,
    connection,
    namespace,
    async close() {
      await terminateRunning(client);
      await connection.close();
      await client.connection.close();
      leave();
    },
  };
}

async function registerNamespace(client: Client): Promise<void> {
  const retention = { seconds: 86_400 as never };
  const { namespace } = client.options;
  await client
    .withDeadline(Date.now() + 20_000, () =>
      client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention }),
    )
    .catch((error: { code?: number }) => {
      if (error.code !== GRPC_ALREADY_EXISTS) throw error;
    });
}

/** Terminates running workflows, which would forever call activities of the next file for deleted documents. */
async function terminateRunning(client: Client): Promise<void> {
  await client.withDeadline(Date.now() + 60_000, async () => {
    const running: { workflowId: string; runId: string }[] = [];
    for await (const found of client.workflow.list({ query: 'ExecutionStatus = "Running"' })) running.push(found);
    await inBatches(running, ({ workflowId, runId }) =>
      client.workflow
        .getHandle(workflowId, runId)
        .terminate('Its test is over')
        .catch((error: unknown) => {
          // The workflow has ended by itself or with its parent.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }),
    );
  });
}
