import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Hides the SDK's log lines except errors. Call before the first worker or native connection. */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}
