import { readFileSync, rmSync } from 'node:fs';
import { writePrivately } from './secrets-file.ts';

/** `.platform/run.json`: what the banner says, for programs. There exactly while the platform is ready. */
export interface RunFile {
  /** Base of the API, with its version. */
  api: string;
  docs: string;
  temporalUi: string | null;
  temporalAddress: string;
  mongodbUri: string;
  redisUrl: string;
  /** The inbox's page; its JSON is at `/email`. */
  mail: string | null;
  /** Base of the simulated payment gateway. */
  sandboxGateway: string;
  operatorKey: string;
  sandboxKey: string;
  processes: RunningProcess[];
}

export interface RunningProcess {
  name: string;
  /** Of the product's roles, or `server`. */
  role: string;
  pid: number | null;
  /** Base of its admin endpoints (/livez, /readyz, /metrics); servers have none. */
  admin: string | null;
}

export const writeRunFile = (file: string, content: RunFile): void => writePrivately(file, content);

export const removeRunFile = (file: string): void => rmSync(file, { force: true });

/** Null where none is (or the one there cannot be read). */
export function readRunFile(file: string): RunFile | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunFile;
  } catch {
    return null;
  }
}
