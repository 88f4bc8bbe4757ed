import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';

/** Returns the size of a file in bytes; 0 for a file that does not exist. */
export const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Moves the content of a log above `maxBytes` to `<file>.1`, while a process goes on writing to the same file. On a
 * full disk the content is given up, so that there is room for the next lines. Returns true when the log is empty now;
 * never throws, because a fault of the disk must not end the platform.
 */
export function moveIfLarge({ file, maxBytes }: { file: string; maxBytes: number }): boolean {
  try {
    if (sizeOf(file) <= maxBytes) return false;
    copyOrForget(file, `${file}.1`);
    truncateSync(file);
    return true;
  } catch {
    return false;
  }
}

function copyOrForget(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch {
    rmSync(to, { force: true });
  }
}
