import { operationHandlers, type OperationHandlersInput } from './operations';

export type OperatorHandlersInput = OperationHandlersInput;

/** Returns the handlers of the operator's operations. */
export const operatorHandlers = (input: OperatorHandlersInput) => operationHandlers(input);
