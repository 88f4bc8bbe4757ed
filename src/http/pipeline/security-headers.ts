import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** A browser may load nothing for an API response; pages and docs set a policy of their own afterwards. */
const protect = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
});

/**
 * Helmet's headers. They are the same for every response, so helmet is called once and its headers are set from memory.
 * Caches store no response unless a handler allows it.
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
