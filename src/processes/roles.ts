import { isBinary } from '../assets';
import { openWorkerFiles } from './binary/worker-files';
import type { RunInput } from './open-process';

export interface Role {
  summary: string;
  /** True when `--queues` selects the task queues that the role serves. */
  takesQueues: boolean;
  /** True when `--cluster` runs several instances of the role that share its port. */
  canCluster: boolean;
  /** The servers and files that `--check` checks. */
  needs: readonly Need[];
  /** Loads the role's code. @throws ConfigError, CacheFault */
  load: (env: NodeJS.ProcessEnv) => Promise<(input: RunInput) => Promise<void>>;
}

export type Need =
  | 'mongodb'
  | 'redis'
  | 'temporal'
  | 'taskQueues'
  | 'smtp'
  | 'workerFiles'
  | 'workflows'
  | 'sandboxGateway'
  | 'sandboxLedger';

/** Only a single executable has to put them on the disk. */
const nativeParts: readonly Need[] = isBinary ? ['workerFiles'] : [];

/**
 * Every role by its name. A role is loaded only when it runs, so that the api never loads the worker's native addon.
 */
export const roles: Readonly<Record<string, Role>> = {
  api: {
    summary: 'REST API, Swagger UI and the contract',
    takesQueues: false,
    canCluster: true,
    needs: ['mongodb', 'redis', 'temporal', 'taskQueues'],
    load: async () => (await import('./api')).runApi,
  },
  worker: {
    summary: 'Temporal workers, outbox relay, jobs and periodic work',
    takesQueues: true,
    canCluster: false,
    needs: ['mongodb', 'redis', 'temporal', 'taskQueues', 'smtp', ...nativeParts, 'workflows', 'sandboxGateway'],
    load: async (env) => {
      const { readConfig } = await import('../../config/env');
      await openWorkerFiles(readConfig({ env, role: 'worker' }).worker);
      return (await import('./worker')).runWorker;
    },
  },
  sandbox: {
    summary: 'Simulated payment gateway of the sandbox tenants; one process',
    takesQueues: false,
    canCluster: false,
    needs: ['sandboxLedger'],
    load: async () => (await import('./sandbox')).runSandbox,
  },
};
export const roleNames = Object.keys(roles);
