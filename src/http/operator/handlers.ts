import { operationHandlers, type OperationHandlersInput } from './operations';

export type OperatorHandlersInput = OperationHandlersInput;

/** Answers the operations of the operator. */
export const operatorHandlers = (input: OperatorHandlersInput) => operationHandlers(input);
