import type { Handlers } from './handler';
import { listingsHandlers } from './listings/handlers';
import { operatorHandlers } from './operator/handlers';
import { partnersHandlers } from './partners/handlers';
import { paymentsHandlers } from './payments/handlers';
import { reportsHandlers } from './reports/handlers';
import { sandboxHandlers } from './sandbox/handlers';
import { subscriptionsHandlers } from './subscriptions/handlers';
import { usersHandlers } from './users/handlers';

/** Every domain's handlers, one line per domain. */
const handlersByDomain = {
  partners: partnersHandlers,
  users: usersHandlers,
  payments: paymentsHandlers,
  subscriptions: subscriptionsHandlers,
  listings: listingsHandlers,
  reports: reportsHandlers,
  sandbox: sandboxHandlers,
  operator: operatorHandlers,
};

type HandlersOfDomain = (typeof handlersByDomain)[keyof typeof handlersByDomain];
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The dependencies of all domains' handlers. */
export type HandlersInput = Intersection<Parameters<HandlersOfDomain>[0]>;

/** Returns the handler of every operation under its operationId. */
export const createHandlers = (input: HandlersInput): Handlers =>
  Object.assign({}, ...Object.values(handlersByDomain).map((handlersOf) => handlersOf(input))) as Intersection<
    ReturnType<HandlersOfDomain>
  >;
