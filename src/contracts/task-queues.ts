/** One task queue per business domain, so that each can get its own fleet. Names on the wire are for ever. */
export const taskQueues = {
  users: 'users',
  payments: 'payments',
  subscriptions: 'subscriptions',
  operations: 'operations',
} as const;
export type TaskQueue = (typeof taskQueues)[keyof typeof taskQueues];
export const taskQueueNames = Object.values(taskQueues);
