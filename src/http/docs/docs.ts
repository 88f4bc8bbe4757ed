import express, { type RequestHandler, type Router } from 'express';
import { readSwaggerUiFile, readSwaggerUiVersion } from '../../assets';
import { docsScript } from './docs-script';
import type { Contract } from '../pipeline/contract';

/**
 * Content security policy of Swagger UI: scripts and styles from this origin only, images inside its stylesheet,
 * requests to this API.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const files: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Serves Swagger UI at /docs and the contract at /openapi.yaml and /openapi.json. */
export function docs({ text, document }: Contract): Router {
  const version = readSwaggerUiVersion();
  const base = `/docs/${version}`;
  const json = JSON.stringify(document);
  const { components } = document as { components: { parameters: { IdempotencyKey: { example: string } } } };
  const start = docsScript(components.parameters.IdempotencyKey.example);
  const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Partner Platform API</title>
  <link rel="icon" type="image/png" href="${base}/favicon-32x32.png">
  <link rel="stylesheet" href="${base}/swagger-ui.css">
</head>
<body>
  <div class="swagger-ui">
    <p class="wrapper">
      <label><input type="checkbox" id="keep-keys"> Keep API keys on this device after the session</label>
    </p>
  </div>
  <div id="swagger-ui"></div>
  <script src="${base}/swagger-ui-bundle.js"></script>
  <script src="${base}/start.js"></script>
</body>
</html>
`;
  const router = express.Router({ strict: true });
  router.get('/', (_request, response) => response.redirect(302, '/docs'));
  router.get('/docs', cached('no-cache'), (_request, response) => {
    response.setHeader('Content-Security-Policy', POLICY);
    response.type('html').send(page);
  });
  router.get('/docs/', (_request, response) => response.redirect(302, '/docs'));
  // The version is part of the address, so a file never changes and may be cached for good.
  for (const [file, type] of Object.entries(files)) {
    const content = readSwaggerUiFile(file);
    router.get(`${base}/${file}`, cached('public, max-age=31536000, immutable'), (_request, response) =>
      response.setHeader('Content-Type', type).end(content),
    );
  }
  router.get(`${base}/start.js`, cached('no-cache'), (_request, response) =>
    response.type('text/javascript').send(start),
  );
  router.get('/openapi.yaml', cached('no-cache'), (_request, response) =>
    response.setHeader('Content-Type', 'application/yaml; charset=utf-8').end(text),
  );
  router.get('/openapi.json', cached('no-cache'), (_request, response) =>
    response.setHeader('Content-Type', 'application/json; charset=utf-8').end(json),
  );
  return router;
}

const cached =
  (control: string): RequestHandler =>
  (_request, response, next) => {
    response.setHeader('Cache-Control', control);
    next();
  };
