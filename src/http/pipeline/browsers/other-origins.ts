import type { Request, RequestHandler, Response } from 'express';
import type { Contract, Operation } from '../contract';

/**
 * Returns true for an operation that a key with the scope `search` may call from a web page. Such a key is readable by
 * everybody, so it reads what everybody may see.
 */
export const isForBrowsers = ({ method, scopes }: Operation): boolean =>
  method === 'get' && scopes !== null && scopes.includes('search');

const EXPOSED = 'ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Correlation-Id';

/** Lets pages of every origin read the response. No cookie or other credential of a browser is ever accepted. */
export const allowOtherOrigins: RequestHandler = (_request, response, next) => {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Expose-Headers', EXPOSED);
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  next();
};

/** Seconds for which a browser need not ask again. */
const PREFLIGHT_KEPT_SECONDS = 600;

/** Answers a browser that asks whether a page of another origin may GET a path (Fetch standard, CORS-preflight). */
export function allowPreflight({ operations }: Contract, route: string) {
  const isOpen = operations.some((operation) => operation.route === route && isForBrowsers(operation));
  return (request: Request, response: Response): void => {
    if (!isOpen || request.headers['access-control-request-method'] !== 'GET') return;
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'GET');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, If-None-Match, X-Correlation-Id');
    response.setHeader('Access-Control-Max-Age', PREFLIGHT_KEPT_SECONDS);
  };
}
