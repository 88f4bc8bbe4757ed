import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Returns the format of the data in a folder (see ServerBinary.dataFormat); null without data. */
export function readDataFormat(file: string): string | null {
  if (!existsSync(file)) return null;
  const format = readFileSync(file, 'utf8').trim();
  if (format !== '') return format;
  throw new Error(
    `${file} is empty, so nothing says which server wrote the data beside it. Restore it from a copy, ` +
      `or remove ${dirname(file)} to start with empty data.`,
  );
}

export function writeDataFormat(file: string, format: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.draft-${process.pid}`;
  writeFileSync(draft, `${format}\n`);
  renameSync(draft, file);
}
