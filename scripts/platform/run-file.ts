import { readFileSync, rmSync } from 'node:fs';
import { writePrivately } from './secrets-file.ts';

/** `.platform/run.json`: the content of the banner for programs. Exists only while the platform is ready. */
export interface RunFile {
  /** Base of the API, with its version. */
  api: string;
  docs: string;
  temporalUi: string | null;
  temporalAddress: string;
  mongodbUri: string;
  redisUrl: string;
  /** The inbox's page, with its JSON at `/email`. */
  mail: string | null;
  /** Base of the simulated payment gateway's operations, whose callers sign. */
  sandboxGateway: string;
  operatorKey: string;
  sandboxKey: string;
  processes: RunningProcess[];
}

export interface RunningProcess {
  name: string;
  /** A role of the product, or `server`. */
  role: string;
  pid: number | null;
  /** Base of the admin endpoints (/livez, /readyz, /metrics); null for servers. */
  admin: string | null;
}

export const writeRunFile = (file: string, content: RunFile): void => writePrivately(file, content);

export const removeRunFile = (file: string): void => rmSync(file, { force: true });

const ALWAYS_TEXT = ['api', 'docs', 'mongodbUri', 'sandboxGateway'] satisfies (keyof RunFile)[];

/** Returns the content of the file; null when it is missing, damaged or of another version. */
export function readRunFile(file: string): RunFile | null {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as RunFile;
    return ALWAYS_TEXT.every((name) => typeof content[name] === 'string') ? content : null;
  } catch {
    return null;
  }
}
