import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claimFolder } from '../../../scripts/embedded/claim-folder';
import type { ManagedProcess } from '../../../scripts/embedded/managed-process';
import { plainReporter } from '../../../scripts/embedded/reporter';
import type { RunningServer, ServerName } from '../../../scripts/embedded/server';
import { startEmbeddedServers } from '../../../scripts/embedded/servers';

/** Controls of a server for fault tests. Addresses stay the same over stop, kill and start. */
export interface ServerControls {
  pid: () => number | null;
  /** Freezes the server: sockets stay open, nothing answers. */
  pause: () => void;
  resume: () => void;
  /** Sends SIGKILL; resolves when the server is gone. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
  /** Starts the server with its earlier data; resolves when the server answers. */
  start: () => Promise<void>;
}

export interface TestServers {
  mongodb: ServerControls & { uri: string; label: string };
  temporal: ServerControls & { address: string };
  redis: ServerControls & { url: string };
  mail: ServerControls & { smtpUrl: string; webUrl: string };
  stop: () => Promise<void>;
  /** For process 'exit' handlers. */
  killNow: () => void;
}

export interface StartServersInput {
  /** Data, logs and process records; owned by this process until `stop`. */
  folder: string;
  /** Defaults to all. The controls of an omitted server throw. */
  which?: readonly ServerName[];
  /** True to compile the fast stand-in for MongoDB once when there is no mongod. Defaults to true. */
  buildFast?: boolean;
}

/**
 * Starts real servers on free ports, for a test that breaks them or a run that shares them. Ignores servers named in
 * the environment.
 */
export async function startServers({ folder, which, buildFast = true }: StartServersInput): Promise<TestServers> {
  const { MONGODB_URI: _m, TEMPORAL_ADDRESS: _t, REDIS_URL: _r, SMTP_URL: _s, ...env } = process.env;
  const reporter = plainReporter((line) => process.stderr.write(`${line}\n`));
  const root = checkoutRoot(__dirname);
  const claimed = await claimFolder(folder);
  const { mongodb, redis, temporal, mail, stop, killNow } = await startEmbeddedServers({
    root,
    folder,
    which,
    buildFast,
    env,
    reporter,
    wellKnownPorts: false,
  }).catch((error: unknown) => {
    claimed.release();
    throw error;
  });
  return {
    mongodb: { ...controlsOf('mongodb', mongodb), uri: mongodb?.addresses.uri ?? '', label: mongodb?.label ?? '' },
    temporal: { ...controlsOf('temporal', temporal), address: temporal?.addresses.address ?? '' },
    redis: { ...controlsOf('redis', redis), url: redis?.addresses.url ?? '' },
    mail: { ...controlsOf('mail', mail), smtpUrl: mail?.addresses.smtpUrl ?? '', webUrl: mail?.addresses.webUrl ?? '' },
    stop: () => stop().finally(claimed.release),
    killNow,
  };
}

function controlsOf(name: ServerName, server: RunningServer<unknown> | null): ServerControls {
  const controlled = (): ManagedProcess => {
    if (!server?.process) throw new Error(`${name} was not started here: name it in \`which\``);
    return server.process;
  };
  return {
    pid: () => controlled().pid,
    pause: () => controlled().pause(),
    resume: () => controlled().resume(),
    kill: () => controlled().kill(),
    stop: () => controlled().stop(),
    start: () => controlled().start(),
  };
}

/** Returns the root of the checkout, which has the lock file, from any folder below. */
export function checkoutRoot(from: string): string {
  if (existsSync(join(from, 'package-lock.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('No package-lock.json above the tests: run them in a checkout');
  return checkoutRoot(parent);
}
