import type { RequestHandler } from 'express';

/**
 * Returns the handlers as one, which calls each when the one before it calls `next`. What a handler throws, rejects
 * with or passes to `next` is passed on. A request that has its response already, because its deadline has passed, goes
 * no further. Express itself would match every handler against the path and wrap it for each request, which costs more
 * than most guards.
 */
export function inTurn(handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, leave) => {
    let position = 0;
    const fail = (fault: unknown): void => leave(fault ?? new Error('A handler failed without an error'));
    const next = (fault?: unknown): void => {
      if (response.headersSent && !fault) return;
      const handler = handlers[position];
      if (fault || handler === undefined) {
        leave(fault);
        return;
      }
      position += 1;
      try {
        const work: unknown = handler(request, response, next);
        if (work instanceof Promise) work.catch(fail);
      } catch (thrown) {
        fail(thrown);
      }
    };
    next();
  };
}
