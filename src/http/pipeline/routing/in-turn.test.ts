import type { Request, RequestHandler, Response } from 'express';
import { inTurn } from './in-turn';

/** Runs the handlers; returns the names of those that were called, and what the chain was left with. */
async function run(...handlers: RequestHandler[]) {
  const ended: unknown[] = [];
  void inTurn(handlers)({} as Request, {} as Response, (error?: unknown) => void ended.push(error));
  await new Promise(setImmediate);
  return ended;
}

const passes: RequestHandler = (_request, _response, next) => next();
const never: RequestHandler = () => {
  throw new Error('Must not be called');
};
const fault = new Error('fault');

describe('handlers in turn', () => {
  it('are called in their order, each when the one before calls next', async () => {
    const called: number[] = [];
    const mark =
      (number: number): RequestHandler =>
      async (_request, _response, next) => {
        await Promise.resolve();
        called.push(number);
        next();
      };
    expect(await run(mark(1), mark(2), mark(3))).toEqual([undefined]);
    expect(called).toEqual([1, 2, 3]);
    expect(await run(passes, () => undefined, never)).toEqual([]);
  });

  it.each<[string, RequestHandler]>([
    ['passes to next', (_request, _response, next) => next(fault)],
    [
      'throws',
      () => {
        throw fault;
      },
    ],
    ['rejects with', () => Promise.reject(fault)],
    ['throws after a pause', (_request, _response, next) => void setImmediate(() => next(fault))],
  ])('stop at an error that one %s, which leaves the chain once', async (_how, handler) => {
    const ended = await run(passes, handler, never);
    await new Promise(setImmediate);
    expect(ended).toEqual([fault]);
  });

  it.each<[string, RequestHandler]>([
    [
      'throws',
      () => {
        throw undefined;
      },
    ],
    ['rejects', () => Promise.reject()],
  ])('stop at one that %s without an error', async (_how, handler) => {
    const ended = await run(handler, never);
    await new Promise(setImmediate);
    expect(ended).toEqual([expect.any(Error)]);
  });

  it('stop, and leave the chain no more, once the request has its response', async () => {
    const response = { headersSent: false };
    const ended: unknown[] = [];
    const late: RequestHandler = (_request, _response, next) =>
      void setImmediate(() => {
        response.headersSent = true;
        next();
      });
    for (const handlers of [[late, never], [late]])
      void inTurn(handlers)({} as Request, response as Response, (error?: unknown) => void ended.push(error));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect([response.headersSent, ended]).toEqual([true, []]);
  });

  it('end with an error that a later one throws behind the pause of an earlier one', async () => {
    const late: RequestHandler = (_request, _response, next) => void setImmediate(next);
    const throws: RequestHandler = () => {
      throw fault;
    };
    const ended = await run(late, throws);
    await new Promise(setImmediate);
    expect(ended).toEqual([fault]);
  });
});
