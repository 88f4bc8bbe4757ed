import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

const FORM = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Gives the request its correlation id, the caller's if it is one, and sends it back. One of the wrong form is replaced
 * here, so that even its refusal can be traced; the refusal itself comes from validating the header.
 */
export const correlationId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-correlation-id'];
  request.correlationId = typeof given === 'string' && FORM.test(given) ? given : randomUUID();
  response.setHeader('X-Correlation-Id', request.correlationId);
  next();
};
