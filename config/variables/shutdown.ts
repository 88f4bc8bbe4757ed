import { milliseconds, type Variable } from './variable';

const MINUTE_MS = 60_000;

export const shutdownVariables = {
  DRAIN_MS: {
    group: 'Shutdown',
    default: '1500',
    ...milliseconds(MINUTE_MS),
    meaning: 'How long a stopping API still answers and asks its clients to reconnect, before it closes',
  },
  SHUTDOWN_GRACE_MS: {
    group: 'Shutdown',
    default: '10000',
    ...milliseconds(10 * MINUTE_MS),
    meaning: 'How long running activities, jobs and requests may take to finish',
  },
  SHUTDOWN_FORCE_MS: {
    group: 'Shutdown',
    default: '20000',
    ...milliseconds(15 * MINUTE_MS),
    meaning:
      'After this the process ends with exit code 1 whatever still runs; ' +
      'at least 2000 more than SHUTDOWN_GRACE_MS and DRAIN_MS',
  },
} as const satisfies Record<string, Variable>;
