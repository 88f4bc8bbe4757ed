import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connectTemporal } from '../../temporal/connect-temporal';
import { ensureSearchAttributes } from '../../temporal/search-attributes';
import { waitFor } from '../wait-for';

export interface TestNamespace {
  client: Client;
  connection: NativeConnection;
  namespace: string;
  close: () => Promise<void>;
}

/**
 * A Temporal namespace of the test's own on the shared server, so that workers of other tests do not take its tasks.
 */
export async function openTestNamespace(address = process.env.TEST_TEMPORAL_ADDRESS ?? ''): Promise<TestNamespace> {
  const namespace = `test-${randomUUID()}`;
  const client = connectTemporal({ address, namespace, tls: false, apiKey: undefined });
  await client.withDeadline(Date.now() + 20_000, () =>
    client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    }),
  );
  // A new namespace reaches the server's caches after a moment.
  await waitFor(() => ensureSearchAttributes({ client, timeoutMs: 5000 }), {
    what: 'the namespace to be known',
    timeoutMs: 30_000,
  });
  const connection = await NativeConnection.connect({ address });
  return {
    client,
    connection,
    namespace,
    async close() {
      await connection.close();
      await client.connection.close();
    },
  };
}
