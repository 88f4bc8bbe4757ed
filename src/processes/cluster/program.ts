import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** The program of an instance. */
export interface Program {
  /** Returns the path to start it by now; only until `close`. */
  path(): string;
  close(): void;
}

const OPEN_FILES = '/proc/self/fd';
const NATIVE = '\x7fELF';

/**
 * Holds the file of a native program open, so that it can be started again after another file has taken its place.
 * Anything else, such as a script around the program, is started by its path, whatever lies there then.
 */
export function openProgram(file: string): Program {
  const descriptor = openNative(file);
  if (descriptor === null) return { path: () => file, close: () => undefined };
  return {
    // The descriptor works as well, but looks odd in a list of processes.
    path: () => (isSame(file, descriptor) ? file : `${OPEN_FILES}/${descriptor}`),
    close: () => closeSync(descriptor),
  };
}

/** Returns null for what is no native program, or could not be started by its descriptor. */
function openNative(file: string): number | null {
  if (!existsSync(OPEN_FILES)) return null;
  try {
    const descriptor = openSync(file, 'r');
    const magic = Buffer.alloc(NATIVE.length);
    readSync(descriptor, magic, 0, magic.length, 0);
    if (magic.toString('latin1') === NATIVE) return descriptor;
    closeSync(descriptor);
  } catch {
    // Its start will name the reason.
  }
  return null;
}

function isSame(file: string, descriptor: number): boolean {
  const inPlace = statSync(file, { throwIfNoEntry: false });
  const open = fstatSync(descriptor);
  return inPlace !== undefined && inPlace.ino === open.ino && inPlace.dev === open.dev;
}
