import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getAsset, getRawAsset, isSea } from 'node:sea';
import assetFiles from './asset-files.json';

/**
 * The only module that reads files which belong to the program. They are listed in asset-files.json: a single
 * executable (`npm run build:binary`) contains them; otherwise they are read from their packages, and from the folder
 * above both `src/assets.ts` and `dist/main.js` ("./").
 */

/** True in the single executable, which has no other file of its own to read. */
export const isBinary: boolean = isSea();

/** Returns the text of openapi.yaml. */
export function readContractText(): string {
  return readAsset('openapi.yaml').toString('utf8');
}

/** Returns one of the listed files of Swagger UI's distribution. @throws when the file is not listed. */
export function readSwaggerUiFile(name: string): Buffer {
  return readAsset(`swagger-ui/${name}`);
}

/** Returns the version of the served Swagger UI; part of its files' URLs, so that they can be cached for ever. */
export function readSwaggerUiVersion(): string {
  return (JSON.parse(readSwaggerUiFile('package.json').toString('utf8')) as { version: string }).version;
}

/** Returns the TrueType file of Noto Sans, which has Latin, Greek and Cyrillic. */
export function readReportFont(weight: 'regular' | 'bold'): Buffer {
  return readAsset(`report-font/${weight}.ttf`);
}

function readAsset(name: string): Buffer {
  const file = (assetFiles as Record<string, string>)[name];
  if (file === undefined) throw new Error(`${name} is not in src/asset-files.json`);
  if (isBinary) return Buffer.from(getAsset(name));
  return readFileSync(file.startsWith('./') ? path.join(__dirname, '..', file) : require.resolve(file));
}

/** Files that a worker can use only where they lie on a disk. */
export const workerFileNames = ['index.node', 'workflow-thread.js', 'workflow-bundle.js'] as const;
export type WorkerFileName = (typeof workerFileNames)[number];

/** Returns the bytes of a worker's file in the single executable's own memory: they must not be written to. */
export function readWorkerFile(name: WorkerFileName): Uint8Array {
  return new Uint8Array(getRawAsset(`worker/${name}`));
}

/** Returns the SHA-256 of every worker's file in the single executable, in hexadecimal digits. */
export function readWorkerFileHashes(): Record<WorkerFileName, string> {
  return JSON.parse(getAsset('worker/hashes.json', 'utf8')) as Record<WorkerFileName, string>;
}
