import type { RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';

/** What most programs send; it is not worth a parser. */
const USUAL = new Set(['', '*/*', 'application/json', 'application/json, text/plain, */*']);

/**
 * Rejects a request whose `Accept` excludes JSON, by the header's grammar and weights (RFC 9110 §12.5.1): `q=0` marks a
 * type as not acceptable. An absent or empty header accepts anything. JSON has no parameters (RFC 8259 §11), so one
 * that a range of `application/json` has means nothing and excludes nothing.
 *
 * `application/problem+json` alone excludes JSON: no success could be sent in that type.
 */
export const acceptsJson: RequestHandler = (request, _response, next) => {
  const { accept = '' } = request.headers;
  if (USUAL.has(accept)) {
    next();
    return;
  }
  if (accept.trim() === '' || request.accepts('application/json') !== false || namesJson(request.accepts())) {
    next();
    return;
  }
  throw new DomainError('NOT_ACCEPTABLE', 'Responses are JSON. Send "Accept: application/json", or leave Accept out.');
};

/** Returns true for acceptable types with JSON among them, whatever parameters it had. */
const namesJson = (types: string[]): boolean => types.some((type) => type.toLowerCase() === 'application/json');
