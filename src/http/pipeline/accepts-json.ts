import type { RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';

/** Refuses a request whose `Accept` excludes JSON with 406. */
export const acceptsJson: RequestHandler = (request, _response, next) => {
  const { accept } = request.headers;
  const fits =
    accept === undefined ||
    accept.includes('*/*') ||
    accept.includes('application/json') ||
    request.accepts('application/json', 'application/problem+json') !== false;
  if (!fits)
    throw new DomainError('NOT_ACCEPTABLE', 'Answers are JSON. Send "Accept: application/json", or no Accept at all.');
  next();
};
