import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { build } from 'esbuild';
import { spread } from '../measure-requests.mjs';

const ROUNDS = 9;
const [FEW, MANY] = [1000, 20_000];
/** A look also reads the workflows that began in the minute before; until then they would count as changes. */
const SETTLE_MS = 70_000;
const NAMESPACE_KNOWN_MS = 15_000;

/**
 * Measures a look of the reconciler at 1,000 and at 20,000 open onboardings, of which 100 have changed: side by side,
 * each with a database and a namespace of its own. Every look must find everything in order.
 */
export async function measureReconciler({ root, results, mongodbUri, temporalAddress }) {
  const program = join(results, 'reconciler.cjs');
  await build({
    entryPoints: [join(root, 'bench', 'growth', 'reconciler.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  });
  const platforms = [];
  try {
    for (const open of [FEW, MANY])
      platforms.push(await startPlatform({ program, results, mongodbUri, temporalAddress, open }));
    for (const { ready } of platforms) await ready;
    await sleep(SETTLE_MS);
    const rounds = [];
    // The first round finds everything cold and is not counted.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [few, many] = [await platforms[0].look(round), await platforms[1].look(round)];
      if (round > 0) rounds.push({ few, many });
    }
    const of = (figure) => spread(rounds.map(figure));
    return {
      rounds: rounds.length,
      rows: [
        { name: `${FEW} open`, cpuMs: of(({ few }) => few.cpuMs), ms: of(({ few }) => few.ms) },
        { name: `${MANY} open`, cpuMs: of(({ many }) => many.cpuMs), ms: of(({ many }) => many.ms) },
      ],
      cpuRatio: of(({ few, many }) => many.cpuMs / few.cpuMs),
      timeRatio: of(({ few, many }) => many.ms / few.ms),
    };
  } finally {
    for (const platform of platforms) await platform.end();
  }
}

async function startPlatform({ program, results, mongodbUri, temporalAddress, open }) {
  const namespace = `open-${open}`;
  await registerNamespace(temporalAddress, namespace);
  const uri = new URL(mongodbUri);
  uri.pathname = `/bench_${open}`;
  const log = openSync(join(results, 'processes.log'), 'a');
  const { PATH, HOME } = process.env;
  const child = fork(program, [], {
    env: {
      PATH,
      HOME,
      NODE_PATH: join(import.meta.dirname, '..', '..', 'node_modules'),
      MONGODB_URI: uri.href,
      TEMPORAL_ADDRESS: temporalAddress,
      NAMESPACE: namespace,
      OPEN: String(open),
    },
    execArgv: ['--require', join(import.meta.dirname, '..', 'probe.cjs')],
    stdio: ['ignore', log, log, 'ipc'],
  });
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const gone = once(child, 'exit').then(() => {
    throw new Error(`The reconciler of ${open} ended; see bench/results/processes.log`);
  });
  gone.catch(() => undefined);
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), gone]);
    if (message.failed) throw new Error(message.failed);
    return message;
  };
  const ready = next();
  ready.catch(() => undefined);
  return {
    ready,
    async look(round) {
      const message = next();
      child.send({ look: round });
      const { looked } = await message;
      const { listed, mended } = looked.result;
      if (listed !== 0 || mended !== 0) throw new Error(`A look at ${open} found ${JSON.stringify(looked.result)}`);
      return looked;
    },
    async end() {
      process.off('exit', killNow);
      if (child.connected) child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

/** Makes a namespace of Temporal; resolves when all parts of the server know it. */
export async function registerNamespace(address, namespace) {
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  });
  await sleep(NAMESPACE_KNOWN_MS);
  await connection.close();
}
