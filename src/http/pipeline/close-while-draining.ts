import type { RequestHandler } from 'express';

/** While draining, asks callers to connect again: their next request then meets a process that stays. */
export const closeWhileDraining =
  (isDraining: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (isDraining()) response.setHeader('Connection', 'close');
    next();
  };
