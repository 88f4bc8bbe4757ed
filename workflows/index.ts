// Exports every workflow under its wire name, one line per domain.
export * from './payments';
export * from './sandbox';
export * from './subscriptions';
export * from './users';
