import type { RequestHandler } from 'express';
import type { Operation } from '../contract';

/** Sets the request's operation, which the guards after it read. */
export const nameOperation =
  (operation: Operation): RequestHandler =>
  (request, _response, next) => {
    request.operation = operation;
    next();
  };
