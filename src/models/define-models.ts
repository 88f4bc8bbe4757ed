import type { Connection } from 'mongoose';
import { listingsModels } from './listings/models';
import { operatorModels } from './operator/models';
import { partnersModels } from './partners/models';
import { paymentsModels } from './payments/models';
import { reportsModels } from './reports/models';
import { sandboxModels } from './sandbox/models';
import { sharedModels } from './shared-models';
import { subscriptionsModels } from './subscriptions/models';
import { usersModels } from './users/models';

/** Defines every model of the program on one connection, one line per domain. */
export const defineModels = (connection: Connection) => ({
  ...sharedModels(connection),
  ...partnersModels(connection),
  ...usersModels(connection),
  ...paymentsModels(connection),
  ...subscriptionsModels(connection),
  ...listingsModels(connection),
  ...reportsModels(connection),
  ...sandboxModels(connection),
  ...operatorModels(connection),
});

export type Models = ReturnType<typeof defineModels>;
