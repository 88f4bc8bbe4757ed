import cluster from 'node:cluster';
import { openProcess, type RunInput } from '../open-process';
import { forkInstance, prepareForks } from './fork-instance';
import { createInstances } from './instances';
import { createReloads } from './reloads';
import { PRIMARY_PID } from './rotation';

/** An instance that cannot end orderly ends itself by force; only after this is it killed. */
const KILL_MARGIN_MS = 1000;

/**
 * `--cluster N`: the primary of N instances of a role. It accepts their connections and hands them on, but serves none.
 * SIGHUP replaces the instances one by one by the program that now lies at this program's path. Resolves when the first
 * instance is ready.
 */
export async function runCluster({ clusterOf: count = 1, ...input }: RunInput): Promise<void> {
  // Until the instances run, a reload has nothing to replace; without a listener the signal would end the process.
  process.on('SIGHUP', () => undefined);
  const first = Number(input.env.NODE_APP_INSTANCE || 0);
  // The primary has the admin port after those of its instances.
  const env = { ...input.env, NODE_APP_INSTANCE: String(first + count) };
  const opened = await openProcess({ ...input, env, clusterOf: count });
  const { config, logger, metrics, admin, shutdown } = opened;
  if (cluster.isWorker) throw new Error("--cluster cannot run in PM2's cluster mode; set exec_mode to fork");

  const openProgram = prepareForks(['--role', input.role]);
  const endsWithinMs = config.shutdown.forceMs + KILL_MARGIN_MS;
  const instances = createInstances({
    count,
    openProgram,
    fork: (number, program) =>
      forkInstance({
        number,
        program,
        env: { NODE_APP_INSTANCE: String(first + number), [PRIMARY_PID]: String(process.pid) },
      }),
    readyWithinMs: config.reload.readyMs,
    endsWithinMs,
    logger,
  });
  const reloads = createReloads({
    replaceAll: () => instances.replaceAll(),
    isDraining: shutdown.isDraining,
    logger,
    metrics,
  });
  process.on('SIGHUP', () => reloads.request());
  shutdown.onClose({
    name: 'instances',
    limitMs: endsWithinMs + KILL_MARGIN_MS,
    close: async () => {
      const exitCode = await instances.stop();
      if (exitCode !== 0) shutdown.begin({ reason: 'an instance did not end orderly', exitCode });
    },
  });
  const numbers = Array.from({ length: count }, (_, number) => number);
  for (const number of numbers)
    admin.addDependency({
      name: `instance-${number}`,
      required: false,
      check: async () => requireReady(instances.stateOf(number)),
    });
  admin.addDependency({
    name: 'instances',
    required: true,
    check: async () => {
      if (!numbers.some((number) => instances.stateOf(number) === 'ready')) throw new Error('no instance is ready');
    },
  });
  admin.addDependency({ name: 'reload', required: false, check: async () => reloads.requireLastDone() });

  await instances.start();
  admin.markBooted();
  logger.info({ instances: count }, 'Ready');
  process.send?.('ready');
}

function requireReady(state: string): void {
  if (state !== 'ready') throw new Error(`the instance is ${state}`);
}
