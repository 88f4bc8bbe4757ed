import { setTimeout } from 'node:timers/promises';
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type ConnectionOptions } from '@temporalio/client';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** False for none, true for system roots, or the client's own certificates. */
  tls: ConnectionOptions['tls'];
  apiKey: string | undefined;
}

const LONGEST_RETRY_PAUSE_MS = 2000;

/**
 * A client that connects on first use and again after an outage, so a process starts and serves while Temporal is away.
 * Every call made through it needs a deadline (`client.withDeadline`): a frozen server never answers.
 */
export function connectTemporal({ address, namespace, tls, apiKey }: TemporalSettings): Client {
  const retries = retriesThatEnd();
  const connection = Connection.lazy({
    address,
    tls: tls ?? false,
    apiKey,
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 2000 },
    interceptors: [retries.interceptor],
  });
  const close = connection.close.bind(connection);
  connection.close = () => retries.end().then(close);
  return new Client({ connection, namespace });
}

/**
 * The SDK's retries of calls, which end before the connection is closed: one that meets a closed connection throws in its
 * timer, where nobody can catch it, and ends the process.
 */
function retriesThatEnd() {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions();
  let ended = false;
  let lastRetryAt = 0;
  return {
    interceptor: makeGrpcRetryInterceptor({
      retryableDecider: (attempt, status) => !ended && retryableDecider(attempt, status),
      delayFunction: (attempt, status) => {
        const pauseMs = Math.min(delayFunction(attempt, status), LONGEST_RETRY_PAUSE_MS);
        lastRetryAt = Math.max(lastRetryAt, performance.now() + pauseMs);
        return pauseMs;
      },
    }),
    async end(): Promise<void> {
      ended = true;
      while (performance.now() <= lastRetryAt) await setTimeout(lastRetryAt - performance.now() + 1);
    },
  };
}

/** Resolves when the namespace can be read within `timeoutMs`; rejects otherwise. */
export async function pingTemporal({ client, timeoutMs }: { client: Client; timeoutMs: number }): Promise<void> {
  await client.withDeadline(Date.now() + timeoutMs, () => client.workflowService.describeNamespace({ namespace: client.options.namespace }));
}
