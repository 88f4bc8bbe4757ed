import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Expects the bytes of a golden file; `UPDATE_GENERATED=1` writes them instead. */
export function expectGolden({ name, bytes }: { name: string; bytes: Buffer }): void {
  const file = join(__dirname, 'golden', name);
  if (process.env.UPDATE_GENERATED === '1') writeFileSync(file, bytes);
  const golden = readFileSync(file);
  // As texts first, for a readable difference.
  expect(bytes.toString('utf8')).toBe(golden.toString('utf8'));
  expect(bytes.equals(golden)).toBe(true);
}
