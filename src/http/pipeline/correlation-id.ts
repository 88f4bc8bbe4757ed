import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

const FORM = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Sets the request's correlation id, the caller's own if it is valid, and returns it in a header. An invalid id is
 * replaced here, so that even its rejection can be traced; the rejection itself comes from validating the header.
 */
export const correlationId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-correlation-id'];
  request.correlationId = typeof given === 'string' && FORM.test(given) ? given : randomUUID();
  response.setHeader('X-Correlation-Id', request.correlationId);
  next();
};
