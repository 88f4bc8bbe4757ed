import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { statFields } from './process-identity.ts';

export const LOOPBACK = '127.0.0.1';
export const MAX_PORT = 65_535;

export interface PortOwner {
  pid: number;
  command: string;
  processGroup: number;
}

export interface PickPortInput {
  /** 0 for any port. */
  preferred: number;
  /** Called with one sentence when the preferred port is busy. */
  onBusy: (line: string) => void;
  /** Ports promised to other servers of this start, though nobody listens on them yet. */
  taken?: ReadonlySet<number>;
}

/**
 * Returns a free port on 127.0.0.1 that browsers open: the preferred one, or the next above. @throws Error without one
 */
export async function pickPort({ preferred, onBusy, taken = new Set() }: PickPortInput): Promise<number> {
  if (preferred === 0) return freePort(taken);
  const last = Math.min(preferred + 99, MAX_PORT);
  for (let port = preferred; port <= last; port += 1) {
    if (taken.has(port) || (await listenOnce(port).catch(() => null)) === null || !(await isOpened(port))) continue;
    if (port !== preferred) onBusy(await insteadLine(preferred, port, taken));
    return port;
  }
  throw new Error(`Ports ${preferred} to ${last} are all in use on ${LOOPBACK}; free one and start again`);
}

async function insteadLine(port: number, instead: number, taken: ReadonlySet<number>): Promise<string> {
  if (!(await isOpened(port))) return `port ${port} is one that browsers never open; taking ${instead}`;
  return busyLine({ port, owner: taken.has(port) ? null : portOwner(port), instead });
}

/** Stands in for the network: what reaches it would be sent. */
const SENDS_NOTHING = {
  dispatch: (): never => {
    throw new Error('not sent');
  },
};

/** Resolves to false for a port that `fetch` and browsers never open (Fetch Standard, "bad ports"); sends nothing. */
export const isOpened = (port: number): Promise<boolean> =>
  fetch(`http://${LOOPBACK}:${port}`, { dispatcher: SENDS_NOTHING } as unknown as RequestInit).then(
    () => true,
    ({ cause }: Error) => !(cause instanceof Error && cause.message === 'bad port'),
  );

/** Above 10080, the last port that `fetch` and browsers never open (Fetch Standard, "bad ports"). */
export const FREE_PORTS = { from: 10_081, below: 30_000 };

/**
 * Returns a free port on 127.0.0.1, each only once while this process lives, below the range that operating systems use
 * for outgoing connections: nobody gets the port by chance before its use, nor while its server restarts.
 */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (;;) {
    const port = randomInt(FREE_PORTS.from, FREE_PORTS.below);
    if (!taken.has(port) && (await claim(port)) && (await listenOnce(port).catch(() => null)) !== null) return port;
  }
}

/**
 * Returns true when this process is the first to claim a port. The claim is the UDP socket of the same number, which
 * the operating system gives to one process and releases at its end. It hinders nobody: servers on the port use TCP.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: LOOPBACK, exclusive: true }, () => resolve(true));
  });
}

export function busyLine({ port, owner, instead }: { port: number; owner: PortOwner | null; instead: number }): string {
  const user = owner === null ? 'another process' : `${owner.command} (pid ${owner.pid})`;
  return `port ${port} is used by ${user}; taking ${instead}`;
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

/**
 * Returns the process that listens on a local TCP port; null when there is none or it is invisible (another user's).
 */
export function portOwner(port: number): PortOwner | null {
  try {
    return process.platform === 'linux' ? linuxPortOwner(port) : lsofPortOwner(port);
  } catch {
    return null;
  }
}

/** Returns the listening sockets of the text of /proc/net/tcp or tcp6 (state 0A is LISTEN). */
export function listeningSockets(table: string): { port: number; inode: string }[] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => ({ port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16), inode: fields[9] ?? '' }));
}

const linuxListeningSockets = (): { port: number; inode: string }[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningSockets(readOrEmpty(file)));

/** Returns the TCP ports at which a process listens now; none where the system has no /proc. */
export function listeningPorts(pid: number): number[] {
  const files = new Set(openFiles(String(pid)));
  return linuxListeningSockets().flatMap(({ port, inode }) => (files.has(`socket:[${inode}]`) ? [port] : []));
}

function linuxPortOwner(port: number): PortOwner | null {
  const ours = linuxListeningSockets().filter((socket) => socket.port === port);
  const sockets = new Set(ours.map(({ inode }) => `socket:[${inode}]`));
  if (sockets.size === 0) return null;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => openFiles(candidate).some((file) => sockets.has(file)));
  if (pid === undefined) return null;
  const { processGroup } = statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return { pid: Number(pid), command: commandName(readOrEmpty(`/proc/${pid}/cmdline`)), processGroup };
}

/** Returns the program's name from the text of /proc/<pid>/cmdline; Node's threads have other names. */
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
