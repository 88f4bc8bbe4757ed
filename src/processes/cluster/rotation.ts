import cluster, { type Worker } from 'node:cluster';
import { setTimeout } from 'node:timers/promises';

/** The variable that tells an instance the process id of its primary, where that is one of ours. */
export const PRIMARY_PID = 'CLUSTER_PRIMARY_PID';
/** Sent by an instance that accepts no more connections, and sent back by its primary. */
const NO_MORE = 'no more connections';
/** PM2's primary sends nothing back; it has this time to learn that an instance accepts no more. */
const UNANSWERED_MS = 1000;

/** Tells each instance that accepts no more connections when the last one that was handed to it has reached it. */
export function answerLeaving(worker: Worker): void {
  worker.on('message', (message) => {
    if (message === NO_MORE && worker.isConnected()) worker.send(NO_MORE, () => undefined);
  });
}

/**
 * Returns a wait of an instance whose server has just been closed: until its primary hands it no more connections. What
 * was handed to it meanwhile goes back to the primary by itself, but only while the instance runs: a connection that
 * reaches one that has ended is never answered. Undefined for a process that is no instance of a cluster.
 */
export function rotationOf(env: NodeJS.ProcessEnv): (() => Promise<void>) | undefined {
  if (!cluster.isWorker) return undefined;
  if (Number(env[PRIMARY_PID]) !== process.ppid) return () => setTimeout(UNANSWERED_MS);
  return () =>
    new Promise((resolve) => {
      if (!process.connected) return resolve();
      process.once('disconnect', resolve);
      process.on('message', (message) => {
        // Messages keep their order, and the closing of the server was one of them.
        if (message === NO_MORE) resolve();
      });
      process.send?.(NO_MORE);
    });
}
