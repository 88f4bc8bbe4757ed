/** One task queue per business domain, so that each can get its own fleet. The wire names never change. */
export const taskQueues = {
  users: 'users',
  payments: 'payments',
  subscriptions: 'subscriptions',
  listings: 'listings',
  reports: 'reports',
  operations: 'operations',
} as const;
export type TaskQueue = (typeof taskQueues)[keyof typeof taskQueues];
export const taskQueueNames = Object.values(taskQueues);

/**
 * Time after which a workflow task is given to another worker. A task on its way to a worker that has just ended waits
 * this long; Temporal's default of 10 seconds would let a process stand still for longer in a release. On a busy
 * machine a task is done within 2 seconds.
 */
export const workflowTaskTimeout = '6 seconds';
