import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** `false` disables TLS, `true` uses the system's roots, an object holds the client's own certificates. */
  tls: ConnectionOptions['tls'];
  apiKey: string | undefined;
}

const MAX_RETRY_PAUSE_MS = 2000;
/** A page of a history may exceed gRPC's default of 4 MB. The SDK raises it under a name that gRPC does not know. */
const MAX_MESSAGE_BYTES = 128 * 1024 * 1024;

/**
 * Returns a client that connects on first use and reconnects after an outage, so a process starts and serves while
 * Temporal is down. Every call through it needs a deadline (`client.withDeadline`): a frozen server never responds.
 */
export function connectTemporal({ address, namespace, tls, apiKey }: TemporalSettings): Client {
  const retries = retriesThatEnd();
  const connection = Connection.lazy({
    address,
    tls: tls ?? false,
    apiKey,
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    },
    interceptors: [retries.interceptor],
  });
  const close = connection.close.bind(connection);
  connection.close = () => retries.end().then(close);
  return new Client({ connection, namespace });
}

/**
 * The SDK's retries of calls, which end before the connection is closed: a retry on a closed connection throws in its
 * timer, where no caller can catch the error, and ends the process.
 */
function retriesThatEnd() {
  const { retryableDecider, delayFunction } = defaultGrpcRetryOptions();
  let ended = false;
  let waiting = 0;
  let noneWaits = (): void => undefined;
  const retrying = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !ended && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      waiting += 1;
      return Math.min(delayFunction(attempt, status), MAX_RETRY_PAUSE_MS);
    },
  });
  const interceptor: typeof retrying = (options, nextCall) => {
    let isRetry = false;
    return retrying(options, (again) => {
      if (isRetry) waiting -= 1;
      if (waiting === 0) noneWaits();
      isRetry = true;
      return nextCall(again);
    });
  };
  return {
    interceptor,
    async end(): Promise<void> {
      ended = true;
      if (waiting === 0) return;
      await new Promise<void>((resolve) => {
        noneWaits = resolve;
      });
    },
  };
}

/** Resolves when the namespace can be read within `timeoutMs`; rejects otherwise. */
export async function pingTemporal({ client, timeoutMs }: { client: Client; timeoutMs: number }): Promise<void> {
  await client.withDeadline(Date.now() + timeoutMs, () =>
    client.workflowService.describeNamespace({ namespace: client.options.namespace }),
  );
}
