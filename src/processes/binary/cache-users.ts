import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readdirSync, statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import path from 'node:path';

const SUFFIX = '.user';
/** A process makes its mark a moment before it listens at it. */
const MADE_WITHIN_MS = 2000;

/** A process that uses a folder, as others see it. */
export interface CacheUser {
  /** Unique, also among processes of containers that share the folder. */
  name: string;
  /** False when the folder was moved, or removed, since this process began to use it. */
  isInPlace: () => boolean;
  leave: () => void;
}

/**
 * Marks the folder as used until this process ends, in whatever way: the mark is a socket in it that the process
 * listens at, and the kernel closes a socket with its process.
 *
 * @throws errors of the file system
 */
export async function useFolder(folder: string): Promise<CacheUser> {
  const name = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const descriptor = openFolder(folder);
  const server = createServer((socket) => socket.destroy());
  try {
    const listening = once(server, 'listening');
    server.listen({ path: path.join(shortPath(folder, descriptor), `${name}${SUFFIX}`), exclusive: true });
    await listening;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  server.unref();
  return {
    name,
    isInPlace: () => isSame(folder, descriptor),
    leave: () => void server.close(() => closeSync(descriptor)),
  };
}

/** Returns the marks of a folder, and which of them are those of running processes. */
export async function readUsers(folder: string): Promise<{ marks: string[]; running: string[] }> {
  const descriptor = openFolder(folder);
  try {
    const place = shortPath(folder, descriptor);
    const marks = readdirSync(place).filter((entry) => entry.endsWith(SUFFIX));
    const answers = await Promise.all(marks.map((mark) => listens(path.join(place, mark))));
    return { marks, running: marks.filter((_, index) => answers[index]).map((mark) => mark.slice(0, -SUFFIX.length)) };
  } finally {
    closeSync(descriptor);
  }
}

const openFolder = (folder: string): number =>
  openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);

function isSame(folder: string, descriptor: number): boolean {
  const now = statSync(folder, { throwIfNoEntry: false });
  const used = fstatSync(descriptor);
  return now !== undefined && now.ino === used.ino && now.dev === used.dev;
}

/** A socket's path has 107 bytes at most, so a long folder is named by its descriptor. */
function shortPath(folder: string, descriptor: number): string {
  const short = `/proc/self/fd/${descriptor}`;
  return existsSync(short) ? short : folder;
}

/** Resolves to false only where the kernel says that nobody listens, at a mark that is not just being made. */
function listens(socketPath: string): Promise<boolean> {
  const stats = lstatSync(socketPath, { throwIfNoEntry: false });
  if (stats === undefined) return Promise.resolve(false);
  if (Math.abs(Date.now() - stats.mtimeMs) < MADE_WITHIN_MS) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = createConnection({ path: socketPath });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
