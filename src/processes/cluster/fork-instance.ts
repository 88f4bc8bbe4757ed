import cluster, { type Worker } from 'node:cluster';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isSea } from 'node:sea';
import { SHUTDOWN_MESSAGE } from '../lifecycle/shutdown';
import type { Exit, Instance } from './instance';
import { answerLeaving } from './rotation';

/**
 * Prepares this process as the primary of instances that run the program with these arguments, from the path by which
 * this process was started: a new file at that path, or behind a link there, is what the next instance runs.
 */
export function prepareForks(args: readonly string[]): void {
  if (!isSea()) {
    cluster.setupPrimary({ args: [...args] });
    return;
  }
  // A single-file program has no script: fork would hand it the script's path as its first argument.
  const [first, ...rest] = args;
  cluster.setupPrimary({ exec: first, args: rest, execArgv: [] });
  process.execPath = pathAsGiven({ given: process.argv0, execPath: process.execPath });
}

/**
 * Returns the absolute path by which the program was started. Unlike `execPath` this may be a link, which a deployment
 * points to the next version. Falls back to `execPath` when the program was found in PATH.
 */
export function pathAsGiven({ given, execPath }: { given: string; execPath: string }): string {
  const asGiven = path.resolve(given);
  try {
    return given.includes('/') && realpathSync(asGiven) === realpathSync(execPath) ? asGiven : execPath;
  } catch {
    return execPath;
  }
}

/** Starts an instance with these variables added to this process's environment. Never throws. */
export function forkInstance(number: number, env: Record<string, string>): Instance {
  try {
    return instanceOf(number, cluster.fork(env));
  } catch (error) {
    // The file cannot be run, such as one that is only half copied.
    const never = new Promise<void>(() => undefined);
    const exited = Promise.resolve(notStarted(error as Error));
    return { number, pid: undefined, ready: never, exited, shutDown: () => undefined, kill: () => undefined };
  }
}

function instanceOf(number: number, worker: Worker): Instance {
  const { process: child } = worker;
  answerLeaving(worker);
  return {
    number,
    pid: child.pid,
    ready: new Promise((resolve) => {
      worker.on('message', (message) => {
        if (message === 'ready') resolve();
      });
    }),
    exited: new Promise((resolve) => {
      worker.once('exit', (code: number | null, signal: string | null) => resolve(exitOf(code, signal)));
      worker.on('error', (error) => {
        if (child.pid === undefined) resolve(notStarted(error));
      });
    }),
    shutDown: () => {
      // A process that is ending has closed its channel and needs no message.
      if (child.connected) child.send(SHUTDOWN_MESSAGE, () => undefined);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

const notStarted = ({ message }: Error): Exit => ({ code: null, how: `it could not be started: ${message}` });
const exitOf = (code: number | null, signal: string | null): Exit => ({
  code: signal === null ? code : null,
  how: signal ?? `exit code ${code}`,
});
