import { createServer, type AddressInfo } from 'node:net';
import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import type { Logger } from '../../telemetry/logger';

export interface TemporalRuntime {
  /** The SDK's own metrics in Prometheus' text format. */
  metricsText: () => Promise<string>;
  /** The loopback port that serves them. */
  metricsPort: number;
}

const METRICS_WITHIN_MS = 900;
/**
 * Read by the SDK's core, which has no option for it: milliseconds for which a worker that ends still accepts what the
 * server has sent. Needed where the server does not end the worker's polls itself; an activity that is lost on its way
 * is repeated only after its timeout.
 */
const INTERRUPT_WAIT = { name: 'TEMPORAL_POLL_SHUTDOWN_INTERRUPT_WAIT_MS', ms: 1000 } as const;

const pinoLevels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/**
 * Sets up the SDK for the process, once, before any connection: its log goes through ours, its metrics are served on a
 * free loopback port for `metricsText`, and it leaves signals to us.
 */
export async function installTemporalRuntime({ logger }: { logger: Logger }): Promise<TemporalRuntime> {
  process.env[INTERRUPT_WAIT.name] ??= String(INTERRUPT_WAIT.ms);
  const temporalLog = logger.child({ component: 'temporal' });
  const metricsPort = await freePort();
  const bindAddress = `127.0.0.1:${metricsPort}`;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { error, ...fields } = (meta ?? {}) as Record<string, unknown>;
      temporalLog[pinoLevels[level]]({ ...fields, ...(error === undefined ? {} : { err: error }) }, message);
    }),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: {
        metricPrefix: 'temporal_',
        prometheus: { bindAddress, countersTotalSuffix: true, useSecondsForDurations: true },
      },
    },
  });
  return {
    metricsText: async () => {
      const response = await fetch(`http://${bindAddress}/metrics`, { signal: AbortSignal.timeout(METRICS_WITHIN_MS) });
      return response.text();
    },
    metricsPort,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
