import type { Handlers } from './handler';
import { operatorHandlers, type OperatorHandlersInput } from './operator/handlers';
import { partnersHandlers, type PartnersHandlersInput } from './partners/handlers';
import { paymentsHandlers, type PaymentsHandlersInput } from './payments/handlers';
import { sandboxHandlers, type SandboxHandlersInput } from './sandbox/handlers';
import { subscriptionsHandlers, type SubscriptionsHandlersInput } from './subscriptions/handlers';
import { usersHandlers, type UsersHandlersInput } from './users/handlers';

/** The dependencies of all domains' handlers. */
export interface HandlersInput
  extends
    PartnersHandlersInput,
    UsersHandlersInput,
    PaymentsHandlersInput,
    SubscriptionsHandlersInput,
    SandboxHandlersInput,
    OperatorHandlersInput {}

/** Returns the handler of every operation under its operationId, one line per domain. */
export const createHandlers = (input: HandlersInput): Handlers => ({
  ...partnersHandlers(input),
  ...usersHandlers(input),
  ...paymentsHandlers(input),
  ...subscriptionsHandlers(input),
  ...sandboxHandlers(input),
  ...operatorHandlers(input),
});
