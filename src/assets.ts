import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The only module that reads files lying beside the program. Everything else is code, so that the program can ship as
 * one file: only this module then has to change.
 */

/** Returns the text of openapi.yaml, which lies one folder above both `src/assets.ts` and `dist/main.js`. */
export function readContractText(): string {
  return readFileSync(path.join(__dirname, '..', 'openapi.yaml'), 'utf8');
}

/** Returns one file of Swagger UI's distribution. @throws when there is no such file. */
export function readSwaggerUiFile(name: string): Buffer {
  return readFileSync(path.join(path.dirname(require.resolve('swagger-ui-dist/package.json')), path.basename(name)));
}

/** Returns the version of the served Swagger UI; part of its files' URLs, so that they can be cached for ever. */
export function readSwaggerUiVersion(): string {
  return (JSON.parse(readSwaggerUiFile('package.json').toString('utf8')) as { version: string }).version;
}
