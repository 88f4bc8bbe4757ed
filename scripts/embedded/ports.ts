import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { statFields } from './process-identity.ts';

export const LOOPBACK = '127.0.0.1';

export interface PortOwner {
  pid: number;
  command: string;
  processGroup: number;
}

export interface PickPortInput {
  /** 0 for any. */
  preferred: number;
  /** Told, in one sentence, why the preferred port was not taken. */
  onBusy: (line: string) => void;
  /** Ports promised to somebody else in this start, though nobody listens on them yet. */
  taken?: ReadonlySet<number>;
}

/** A port that is free on 127.0.0.1 now: the preferred one, or the next free one above it. */
export async function pickPort({ preferred, onBusy, taken = new Set() }: PickPortInput): Promise<number> {
  if (preferred === 0) return freePort(taken);
  for (let port = preferred; port < preferred + 100; port += 1) {
    if (taken.has(port) || (await listenOnce(port).catch(() => null)) === null) continue;
    if (port !== preferred)
      onBusy(busyLine({ port: preferred, owner: taken.has(preferred) ? null : portOwner(preferred), instead: port }));
    return port;
  }
  throw new Error(`Ports ${preferred} to ${preferred + 99} are all in use on ${LOOPBACK}; free one and start again`);
}

/**
 * A port on 127.0.0.1 that nobody listens on, given to one only while this process lives, and of those that no
 * operating system gives to outgoing connections: nobody gets it by chance before it is used, nor while what listens on
 * it is started anew.
 */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    if (!taken.has(port) && (await claim(port)) && (await listenOnce(port).catch(() => null)) !== null) return port;
  }
}

/**
 * Whether this process is the first to ask for a port. Its sign is the UDP socket of the same number, which the
 * operating system gives to one process, takes back when that ends, and which is in nobody's way: what is to listen
 * there speaks TCP.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: LOOPBACK, exclusive: true }, () => resolve(true));
  });
}

export function busyLine({ port, owner, instead }: { port: number; owner: PortOwner | null; instead: number }): string {
  const who = owner === null ? 'another process' : `${owner.command} (pid ${owner.pid})`;
  return `port ${port} is used by ${who}; taking ${instead}`;
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** Who listens on a TCP port of this machine; null when nobody does or it cannot be seen (another user's process). */
export function portOwner(port: number): PortOwner | null {
  try {
    return process.platform === 'linux' ? linuxPortOwner(port) : lsofPortOwner(port);
  } catch {
    return null;
  }
}

/** Inodes of the sockets listening on a port, from the text of /proc/net/tcp or tcp6 (state 0A is LISTEN). */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) === true && fields[3] === '0A')
    .map((fields) => fields[9] ?? '');
}

function linuxPortOwner(port: number): PortOwner | null {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readOrEmpty(file));
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => openFiles(candidate).some((file) => sockets.has(file)));
  if (pid === undefined) return null;
  const { processGroup } = statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return { pid: Number(pid), command: commandName(readOrEmpty(`/proc/${pid}/cmdline`)), processGroup };
}

/** The program's name from the text of /proc/<pid>/cmdline; Node's threads all call themselves otherwise. */
export const commandName = (commandLine: string): string =>
  basename(commandLine.split('\0')[0]?.split(' ')[0] ?? '') || 'a process';

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function lsofPortOwner(port: number): PortOwner | null {
  const listing = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcg'], { encoding: 'utf8' });
  const field = (letter: string): string =>
    listing
      .split('\n')
      .find((line) => line.startsWith(letter))
      ?.slice(1) ?? '';
  return field('p') === '' ? null : { pid: Number(field('p')), command: field('c'), processGroup: Number(field('g')) };
}
