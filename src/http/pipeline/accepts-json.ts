import type { RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';

/**
 * Rejects a request whose `Accept` excludes JSON, by the header's grammar and weights (RFC 9110 §12.5.1): `q=0` marks a
 * type as not acceptable. An absent or empty header accepts anything.
 */
export const acceptsJson: RequestHandler = (request, _response, next) => {
  const { accept = '' } = request.headers;
  // Compared with the parameter that responses carry: `application/json; charset=utf-8` in Accept matches too.
  if (accept.trim() === '' || request.accepts('application/json; charset=utf-8') !== false) {
    next();
    return;
  }
  throw new DomainError('NOT_ACCEPTABLE', 'Responses are JSON. Send "Accept: application/json", or leave Accept out.');
};
