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
