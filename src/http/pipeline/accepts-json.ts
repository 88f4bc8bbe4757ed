import type { RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';

/**
 * Refuses a request whose `Accept` takes no JSON, by the header's grammar and weights (RFC 9110 §12.5.1): `q=0` says
 * that something is not acceptable. An absent or empty header takes anything.
 */
export const acceptsJson: RequestHandler = (request, _response, next) => {
  const { accept = '' } = request.headers;
  // With its parameter, as it is sent: `application/json; charset=utf-8` asks for the same.
  if (accept.trim() === '' || request.accepts('application/json; charset=utf-8') !== false) {
    next();
    return;
  }
  throw new DomainError('NOT_ACCEPTABLE', 'Answers are JSON. Send "Accept: application/json", or no Accept at all.');
};
