import type { ErrorRequestHandler, RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';

/**
 * Counts a webhook with a wrong signature as a failed attempt of its sender's address. Express knows an error handler
 * by its four parameters.
 */
export const countForgeries =
  (count: RequestHandler): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (!(error instanceof DomainError) || error.code !== 'WEBHOOK_SIGNATURE_INVALID') {
      next(error);
      return;
    }
    void count(request, response, (tooMany?: unknown) => next(tooMany ?? error));
  };
