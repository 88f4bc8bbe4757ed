import type { RequestHandler } from 'express';
import { DomainError } from '../../../domain/domain-error';
import { RequestProblem } from '../../problem';
import { allowPreflight } from '../browsers/other-origins';
import type { Contract } from '../contract';

/**
 * Responds to any other method of a known path: 405, or for OPTIONS 204 with the allowed methods. Only what a key with
 * the scope `search` may read is open to pages of other origins, because other keys do not belong in a browser.
 */
export function otherMethods(contract: Contract, route: string): RequestHandler {
  const { operations } = contract;
  const answerPreflight = allowPreflight(contract, route);
  const methods = operations.filter((operation) => operation.route === route).map(({ method }) => method.toUpperCase());
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method !== 'OPTIONS')
      throw new RequestProblem('METHOD_NOT_ALLOWED', `${request.method} is not allowed here. Use one of ${allow}.`, {
        headers: { Allow: allow },
      });
    response.setHeader('Allow', allow);
    answerPreflight(request, response);
    response.status(204).end();
  };
}

/** Responds 404 to every path that the contract does not have. */
export const unknownPath: RequestHandler = () => {
  throw new DomainError(
    'NOT_FOUND',
    'There is no resource at this address. See /docs or /openapi.yaml for the available operations.',
  );
};
