import { port, text } from '../variable-types';
import type { Variable } from './variable';

export const administrationVariables = {
  ADMIN_PORT: {
    group: 'Administration',
    default: '9464',
    defaultByRole: { worker: '9474', sandbox: '9484' },
    type: port,
    allowed: 'a port; 0 takes a free one',
    meaning: 'Port of /livez, /readyz and /metrics; under PM2 the number of the instance is added',
  },
  ADMIN_HOST: {
    group: 'Administration',
    default: '127.0.0.1',
    type: text,
    allowed: 'an address of this machine',
    meaning: 'Address the admin port listens on; it has no authentication, so keep it private',
  },
} as const satisfies Record<string, Variable>;
