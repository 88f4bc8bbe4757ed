import cluster, { type Worker } from 'node:cluster';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { isSea } from 'node:sea';
import { SHUTDOWN_MESSAGE } from '../lifecycle/shutdown';
import type { Exit, Instance } from './instance';
import { openProgram, type Program } from './program';
import { answerLeaving } from './rotation';

/**
 * Prepares this process as the primary of instances that run the program with these arguments. Returns the opening of
 * the program that now lies at the path by which this process was started, or behind a link there.
 */
export function prepareForks(args: readonly string[]): () => Program {
  if (!isSea()) {
    cluster.setupPrimary({ args: [...args] });
    const node = process.execPath;
    // The script itself is read by its path at every start.
    return () => openProgram(node);
  }
  // A single-file program has no script: fork would hand it the script's path as its first argument.
  const [first, ...rest] = args;
  cluster.setupPrimary({ exec: first, args: rest, execArgv: [] });
  const file = pathAsGiven({ given: process.argv0, execPath: process.execPath });
  return () => openProgram(file);
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

export interface ForkInstanceInput {
  number: number;
  program: Program;
  /** Added to this process's environment. */
  env: Record<string, string>;
}

/** Starts an instance. Never throws. */
export function forkInstance({ number, program, env }: ForkInstanceInput): Instance {
  try {
    process.execPath = program.path();
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
