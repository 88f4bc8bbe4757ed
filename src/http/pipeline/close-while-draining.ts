import type { RequestHandler } from 'express';

/** Makes callers reconnect while the process drains, so that their next request reaches a process that stays. */
export const closeWhileDraining =
  (isDraining: () => boolean): RequestHandler =>
  (_request, response, next) => {
    if (isDraining()) response.setHeader('Connection', 'close');
    next();
  };
