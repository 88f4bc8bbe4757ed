import { compensationHandlers, type CompensationHandlersInput } from './compensations';
import { operationHandlers, type OperationHandlersInput } from './operations';

export interface OperatorHandlersInput extends CompensationHandlersInput, OperationHandlersInput {}

/** Answers the operations of the operator. */
export const operatorHandlers = (input: OperatorHandlersInput) => ({
  ...operationHandlers(input),
  ...compensationHandlers(input),
});
