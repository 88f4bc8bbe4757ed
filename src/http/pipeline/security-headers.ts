import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What a browser may do with an answer. An API answer may do nothing at all; pages and docs then set a policy of their
 * own.
 */
const protect = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
});

/**
 * Helmet's headers. They are the same for every answer, so helmet is asked once and its headers are set from memory;
 * answers are not stored by caches unless they say otherwise.
 */
const fixedHeaders: [string, string][] = [];
protect(
  {} as never,
  {
    setHeader: (name: string, value: string) => fixedHeaders.push([name, value]),
    removeHeader: () => undefined,
  } as never,
  () => undefined,
);
fixedHeaders.push(['Cache-Control', 'no-store']);

export const securityHeaders: RequestHandler = (_request, response, next) => {
  for (const [name, value] of fixedHeaders) response.setHeader(name, value);
  next();
};
