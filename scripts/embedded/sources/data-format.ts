import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What wrote the data in a folder (see ServerBinary.dataFormat); null when nothing has yet. */
export function readDataFormat(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

export function writeDataFormat(file: string, format: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${format}\n`);
}
