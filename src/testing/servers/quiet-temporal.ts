import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Keeps the SDK's own log lines out of the test output, save errors. Call before the first worker or native connection.
 */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}
