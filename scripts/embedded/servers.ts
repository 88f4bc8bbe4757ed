import { cacheFolder } from './sources/cache.ts';
import { startMail, type MailAddresses } from './mail.ts';
import { startMongodb, type MongodbAddresses } from './mongodb.ts';
import { startRedis, type RedisAddresses } from './redis.ts';
import type { ManagedProcess } from './managed-process.ts';
import type { Reporter } from './reporter.ts';
import type { PrepareServerInput, RunningServer, ServerName } from './server.ts';
import { startTemporal, type TemporalAddresses } from './temporal.ts';

export const SERVER_NAMES: readonly ServerName[] = ['mongodb', 'redis', 'temporal', 'mail'];

export interface StartEmbeddedServersInput {
  /** The checkout, with node_modules and the pinned versions. */
  root: string;
  /** The folder of data, logs and process records, claimed beforehand (claimFolder). */
  folder: string;
  which?: readonly ServerName[];
  wellKnownPorts: boolean;
  /** True to compile the fast stand-in for MongoDB when there is no mongod. */
  buildFast: boolean;
  env: NodeJS.ProcessEnv;
  reporter: Reporter;
  /** Receives every process before its start, for a caller that may have to stop a partial start. */
  processes?: Set<ManagedProcess>;
}

export interface EmbeddedServers {
  mongodb: RunningServer<MongodbAddresses> | null;
  redis: RunningServer<RedisAddresses> | null;
  temporal: RunningServer<TemporalAddresses> | null;
  mail: RunningServer<MailAddresses> | null;
  stop: () => Promise<void>;
  /** Kills the servers immediately, for process 'exit' handlers. */
  killNow: () => void;
}

/**
 * Starts the servers concurrently and resolves when each answers its own protocol.
 * The caller has claimed the folder, so no two servers ever share data.
 * @throws the error of a server that did not start, after the others are stopped.
 */
export async function startEmbeddedServers(input: StartEmbeddedServersInput): Promise<EmbeddedServers> {
  const { root, folder, which = SERVER_NAMES, wellKnownPorts, buildFast, env, reporter, processes = new Set() } = input;
  const stop = async (): Promise<void> => {
    await Promise.all([...processes].map((process) => process.stop()));
  };
  const prepare: PrepareServerInput = {
    context: { root, cache: cacheFolder(env), env, reporter },
    folder,
    wellKnownPorts,
    taken: new Set(),
    processes,
  };
  const start = async <A>(
    name: ServerName,
    begin: () => Promise<RunningServer<A>>,
  ): Promise<RunningServer<A> | null> => {
    if (!which.includes(name)) return null;
    const startedAt = performance.now();
    const server = await begin();
    reporter.line(
      `${TITLES[name].padEnd(9)} ${server.label}, ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    );
    return server;
  };
  try {
    const [mongodb, redis, temporal, mail] = await allOrFirstError([
      start('mongodb', () => startMongodb({ ...prepare, buildFast })),
      start('redis', () => startRedis(prepare)),
      start('temporal', () => startTemporal(prepare)),
      start('mail', () => startMail(prepare)),
    ]);
    return { mongodb, redis, temporal, mail, stop, killNow: () => processes.forEach((process) => process.killNow()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

const TITLES: Record<ServerName, string> = { mongodb: 'MongoDB', redis: 'Redis', temporal: 'Temporal', mail: 'Mail' };

/** Like Promise.all, but waits until all promises have settled, so that started servers can be stopped. */
async function allOrFirstError<T extends readonly Promise<unknown>[]>(
  promises: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises) as Promise<{ [K in keyof T]: Awaited<T[K]> }>;
}
