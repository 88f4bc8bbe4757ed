import type { RunInput } from './open-process';

export interface Role {
  summary: string;
  /** True when `--queues` selects the task queues that the role serves. */
  takesQueues: boolean;
  /** The servers and files that `--check` checks. */
  needs: readonly Need[];
  load: () => Promise<(input: RunInput) => Promise<void>>;
}

export type Need =
  | 'mongodb'
  | 'redis'
  | 'temporal'
  | 'taskQueues'
  | 'smtp'
  | 'workflows'
  | 'sandboxGateway'
  | 'sandboxLedger';

/**
 * Every role by its name. A role is loaded only when it runs, so that the api never loads the worker's native addon.
 */
export const roles: Readonly<Record<string, Role>> = {
  api: {
    summary: 'REST API, Swagger UI and the contract',
    takesQueues: false,
    needs: ['mongodb', 'redis', 'temporal', 'taskQueues'],
    load: async () => (await import('./api')).runApi,
  },
  worker: {
    summary: 'Temporal workers, outbox relay, jobs and periodic work',
    takesQueues: true,
    needs: ['mongodb', 'redis', 'temporal', 'taskQueues', 'smtp', 'workflows', 'sandboxGateway'],
    load: async () => (await import('./worker')).runWorker,
  },
  sandbox: {
    summary: 'Simulated payment gateway of the sandbox tenants; one process',
    takesQueues: false,
    needs: ['sandboxLedger'],
    load: async () => (await import('./sandbox')).runSandbox,
  },
};
export const roleNames = Object.keys(roles);
