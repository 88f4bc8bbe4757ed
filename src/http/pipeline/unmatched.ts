import type { RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';
import { RequestProblem } from '../problem';
import type { Contract } from './contract';

/**
 * Answers any other method of a known path: 405, or for OPTIONS the methods there are. There is no CORS: keys do not
 * belong in browsers of other origins.
 */
export function otherMethods({ operations }: Contract, route: string): RequestHandler {
  const methods = operations.filter((operation) => operation.route === route).map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method !== 'OPTIONS')
      throw new RequestProblem('METHOD_NOT_ALLOWED', `${request.method} is not available here; there is ${allow}.`, {
        headers: { Allow: allow },
      });
    response.setHeader('Allow', allow);
    response.status(204).end();
  };
}

/** Answers every other path with 404. */
export const unknownPath: RequestHandler = () => {
  throw new DomainError(
    'NOT_FOUND',
    'There is nothing at this address. What there is stands in /openapi.yaml and /docs.',
  );
};
