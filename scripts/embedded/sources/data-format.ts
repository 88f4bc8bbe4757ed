import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Returns the format of the data in a folder (see ServerBinary.dataFormat); null without data. */
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
