import { operationHandlers, type OperationHandlersInput } from './operations';

/** Returns the handlers of the operator's operations. */
export const operatorHandlers = (input: OperationHandlersInput) => operationHandlers(input);
