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
