import { connect } from 'node:net';
import type { ManagedProcess } from './managed-process.ts';
import { LOOPBACK, pickPort, portOwner } from './ports.ts';
import type { SourceContext } from './sources/sources.ts';

export type ServerName = 'temporal' | 'mongodb' | 'redis' | 'mail';

export interface PrepareServerInput {
  context: SourceContext;
  /** The folder of data, logs and process records. */
  folder: string;
  /** True for the well-known ports when free; false for any free ports, so that several sets can run side by side. */
  wellKnownPorts: boolean;
  /** Ports promised to servers of the same start. Each server adds its own. */
  taken: Set<number>;
  /** Receives the process before its start. */
  processes: Set<ManagedProcess>;
}

/** A running server. `process` is null for an external server that was named in the environment. */
export interface RunningServer<Addresses> {
  addresses: Addresses;
  /** Describes the server and its source to a person. */
  label: string;
  process: ManagedProcess | null;
}

export interface StartOnFreePortsInput {
  input: PrepareServerInput;
  name: string;
  preferred: readonly number[];
  create: (ports: number[]) => ManagedProcess;
}

const MAX_ATTEMPTS = 3;

/**
 * Starts a server on the preferred ports or others. Should another process take a port between the check and the start,
 * other ports are tried.
 */
export async function startOnFreePorts({
  input,
  name,
  preferred,
  create,
}: StartOnFreePortsInput): Promise<{ process: ManagedProcess; ports: number[] }> {
  const { context, taken, wellKnownPorts, processes } = input;
  for (let attempt = 1; ; attempt += 1) {
    const ports: number[] = [];
    for (const wanted of preferred) {
      const onBusy = (line: string): void => context.reporter.line(`${name}: ${line}`);
      const port = await pickPort({ preferred: wellKnownPorts ? wanted : 0, onBusy, taken });
      taken.add(port);
      ports.push(port);
    }
    const process = create(ports);
    processes.add(process);
    try {
      await process.start();
      if (ports.every((port) => isOwn(port, process.pid))) return { process, ports };
      await process.kill();
      processes.delete(process);
    } catch (error) {
      processes.delete(process);
      const lostOurs = ports.some((port) => portOwner(port) !== null);
      // Temporal chooses some ports itself; when one of these was taken meanwhile, its log, quoted in the error, says
      // so.
      const lostAnother = error instanceof Error && error.message.includes('address already in use');
      if (attempt === MAX_ATTEMPTS || !(lostOurs || lostAnother)) throw error;
    }
    if (attempt === MAX_ATTEMPTS)
      throw new Error(`${name} lost its ports ${ports.join(', ')} to another process ${MAX_ATTEMPTS} times`);
  }
}

/** Returns true unless another process owns the port. When the owner is invisible, the probe's answer must suffice. */
function isOwn(port: number, pid: number | null): boolean {
  const owner = portOwner(port);
  return owner === null || owner.processGroup === pid;
}

/** Resolves when a server accepts connections on the port; the cheap first half of every probe. */
export function acceptsConnections(port: number, host: string = LOOPBACK): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, timeout: 2_000 });
    const fail = (message: string): void => {
      socket.destroy();
      reject(new Error(`${host}:${port} ${message}`));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('timeout', () => fail('does not accept connections'));
  });
}

/** Sends a line and returns the first received data. */
export function firstAnswer({
  port,
  host = LOOPBACK,
  send,
}: {
  port: number;
  host?: string;
  send?: string;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, timeout: 2_000 }, () => {
      if (send !== undefined) socket.write(send);
    });
    const fail = (message: string): void => {
      socket.destroy();
      reject(new Error(`${host}:${port} ${message}`));
    };
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('timeout', () => fail('does not answer'));
    socket.once('close', () => reject(new Error(`${host}:${port} closed the connection`)));
  });
}

/** Throws unless a server named in the environment answers now; the product would fail later with a vaguer error. */
export async function requireReachable(variable: string, probe: () => Promise<unknown>): Promise<void> {
  try {
    await probe();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${variable} is set, but nothing answers there (${reason}); start that server or unset ${variable}`,
      { cause: error },
    );
  }
}
