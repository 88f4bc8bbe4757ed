import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';

/** A program as an ecosystem file describes it; the fields that these files have, by PM2's names. */
export interface App {
  name: string;
  script: string;
  cwd: string;
  args: string;
  exec_mode: 'cluster' | 'fork';
  instances: number;
  interpreter?: string;
  node_args?: string;
  env: Record<string, string>;
  wait_ready: boolean;
  listen_timeout: number;
  kill_timeout: number;
  exp_backoff_restart_delay: number;
  stop_exit_codes: number[];
  merge_logs: boolean;
  max_memory_restart: string;
  treekill?: boolean;
  out_file: string;
  error_file: string;
}

/** Returns the apps of an ecosystem file. Loading it also loads the `.env` beside it, as PM2 does. */
export function readApps(ecosystemFile: string): App[] {
  try {
    const { apps } = createRequire(import.meta.url)(ecosystemFile) as { apps: App[] };
    return apps;
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new Error(`${ecosystemFile} cannot be loaded (${reason}); --config names an ecosystem file`, {
      cause: error,
    });
  }
}

/** Returns the absolute path of the app's program. */
export const scriptOf = ({ cwd, script }: App): string => (isAbsolute(script) ? script : join(cwd, script));

export const flagsOf = ({ args }: App): string[] => args.split(' ').filter(Boolean);

/** Returns the role that the app runs in. */
export function roleOf(app: App): string {
  const flags = flagsOf(app);
  return flags[flags.indexOf('--role') + 1] ?? '';
}

/** Returns the number of instances that the app runs itself (`--cluster`), or null when PM2 runs them. */
export function clusterOf(app: App): number | null {
  const flags = flagsOf(app);
  const at = flags.indexOf('--cluster');
  return at < 0 ? null : Number(flags[at + 1]);
}

type Flag = (app: App) => string[];

/** How each field is written on PM2's command line. */
const flags: { [Field in keyof Required<App>]: Flag | null } = {
  name: ({ name }) => ['--name', name],
  script: null,
  args: null,
  cwd: ({ cwd }) => ['--cwd', cwd],
  // With a number of instances PM2 runs a cluster, without one a process of its own.
  exec_mode: ({ exec_mode: mode }) => (mode === 'cluster' ? ['-i', '1'] : []),
  instances: null,
  interpreter: ({ interpreter }) => (interpreter === undefined ? [] : ['--interpreter', interpreter]),
  node_args: ({ node_args: args }) => (args === undefined ? [] : ['--node-args', args]),
  env: null,
  wait_ready: ({ wait_ready: waits }) => (waits ? ['--wait-ready'] : []),
  listen_timeout: ({ listen_timeout: ms }) => ['--listen-timeout', String(ms)],
  kill_timeout: ({ kill_timeout: ms }) => ['--kill-timeout', String(ms)],
  exp_backoff_restart_delay: ({ exp_backoff_restart_delay: ms }) => ['--exp-backoff-restart-delay', String(ms)],
  stop_exit_codes: ({ stop_exit_codes: codes }) => ['--stop-exit-codes', ...codes.map(String)],
  merge_logs: ({ merge_logs: merges }) => (merges ? ['--merge-logs'] : []),
  max_memory_restart: ({ max_memory_restart: size }) => ['--max-memory-restart', size],
  treekill: ({ treekill }) => (treekill === false ? ['--no-treekill'] : []),
  out_file: ({ out_file: file }) => ['--output', file],
  error_file: ({ error_file: file }) => ['--error', file],
};

/**
 * Returns the arguments with which PM2 starts one more instance of the app beside those that run; from an ecosystem
 * file it would restart these instead. @throws for a field that is not known here.
 */
export function startArguments(app: App): string[] {
  const unknown = Object.keys(app).filter((field) => !Object.hasOwn(flags, field));
  if (unknown.length > 0) throw new Error(`The release does not know the field ${unknown.join(', ')} of ${app.name}`);
  const given = Object.values(flags).flatMap((flag) => flag?.(app) ?? []);
  return ['start', scriptOf(app), '--force', ...given, '--', ...flagsOf(app)];
}
