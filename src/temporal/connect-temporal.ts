import { Client, Connection, type ConnectionOptions } from '@temporalio/client';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** False for none, true for system roots, or the client's own certificates. */
  tls: ConnectionOptions['tls'];
  apiKey: string | undefined;
}

/**
 * A client that connects on first use and again after an outage, so a process starts and serves while Temporal is away.
 * Every call made through it needs a deadline (`client.withDeadline`): a frozen server never answers.
 */
export function connectTemporal({ address, namespace, tls, apiKey }: TemporalSettings): Client {
  const connection = Connection.lazy({
    address,
    tls: tls ?? false,
    apiKey,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2000 },
  });
  return new Client({ connection, namespace });
}

/** Resolves when the namespace can be read within `timeoutMs`; rejects otherwise. */
export async function pingTemporal({ client, timeoutMs }: { client: Client; timeoutMs: number }): Promise<void> {
  await client.withDeadline(Date.now() + timeoutMs, () => client.workflowService.describeNamespace({ namespace: client.options.namespace }));
}
