import { DefaultLogger, IllegalStateError, Runtime } from '@temporalio/worker';

/** Hides the SDK's log lines except errors. Call before the first worker or native connection. */
export function quietTemporal(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
    });
  } catch (error) {
    // The test files of a jest worker share the SDK: one before this has left its connection open.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
