import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { EXPLAINABLE } from './explained-reads.mjs';
import { registerNamespace } from './measure-reconciler.mjs';

const IDLE_MS = 5000;

/**
 * Starts a worker that serves one task queue alone, with a database and a namespace of its own of the given name, in
 * which a schedule of Temporal is paused. Without the relay, the jobs and the periodic work of a whole worker.
 */
export async function startQueueWorker({ startRole, mongodbUri, temporalAddress, name, queue, schedule }) {
  const namespace = name.replaceAll('_', '-');
  const uri = new URL(mongodbUri);
  uri.pathname = `/bench_${name}`;
  await registerNamespace(temporalAddress, namespace);
  const worker = await startRole('worker', {
    args: ['--queues', queue],
    execArgv: EXPLAINABLE,
    env: { MONGODB_URI: uri.href, TEMPORAL_NAMESPACE: namespace },
  });
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection, namespace });
  // Only the bench sweeps.
  await client.schedule.getHandle(schedule).pause();
  const cpuMs = async () => (await worker.query('usage')).cpuMicros / 1000;

  return {
    worker,
    client,
    uri: uri.href,
    /** Returns the milliseconds of CPU that the idle worker takes in a millisecond. */
    async idlePerMs() {
      const before = await cpuMs();
      await sleep(IDLE_MS);
      return ((await cpuMs()) - before) / IDLE_MS;
    },
    /** Returns the CPU of the worker for the work, without that of the idle worker. */
    async cpuMsOf(work, idlePerMs) {
      const [before, begun] = [await cpuMs(), performance.now()];
      await work();
      return (await cpuMs()) - before - idlePerMs * (performance.now() - begun);
    },
    async end() {
      await connection.close();
      await worker.end();
    },
  };
}
