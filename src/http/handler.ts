import { DomainError } from '../domain/domain-error';
import type { OperationId } from './pipeline/contract';
import type { operations } from './generated/openapi-types';
import type { Call, Reply } from './pipeline/request-context';

type BodyOf<Id extends OperationId> =
  NonNullable<operations[Id]['requestBody']> extends { content: { 'application/json': infer Body } } ? Body : undefined;
type QueryOf<Id extends OperationId> = NonNullable<operations[Id]['parameters']['query']>;
type ParamsOf<Id extends OperationId> = NonNullable<operations[Id]['parameters']['path']>;

/** A call of one operation, typed by the contract. */
export type CallOf<Id extends OperationId> = Call<BodyOf<Id>, QueryOf<Id>, ParamsOf<Id>>;

/** Handles the calls of one operation, which have passed every guard. Problems are thrown. */
export type Handler<Id extends OperationId> = (call: CallOf<Id>) => Promise<Reply>;

/** Some of the contract's operations, each under its operationId. */
export type Handlers<Id extends OperationId = OperationId> = { [Each in Id]: Handler<Each> };

/**
 * Returns the error for an id that is unknown or belongs to another tenant: the two must not differ. `name` is what the
 * path has of the resource.
 */
export const notFound = (resource: string, name: 'id' | 'slug' = 'id'): DomainError =>
  new DomainError('NOT_FOUND', `No such ${resource}. Check the ${name}, and the API key that you use.`);
