import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startArguments, type App } from './app.ts';
import { runCommand } from './run-command.ts';

/** A process that PM2 runs. */
export interface Pm2Process {
  id: number;
  pid: number;
  name: string;
  /** `online` says only that the process runs, not that it is ready. */
  status: string;
  restarts: number;
  /** The port of `/readyz`. */
  adminPort: number;
}

interface Listed {
  pm_id: number;
  pid: number;
  name: string;
  pm2_env: { status: string; restart_time: number; NODE_APP_INSTANCE?: number; ADMIN_PORT?: string; args?: string[] };
}

/** `config/variables` has the same. */
export const defaultAdminPorts: Record<string, number> = { api: 9464, worker: 9474, sandbox: 9484 };

const root = join(import.meta.dirname, '../..');
const local = join(root, 'node_modules/.bin/pm2');

/** Runs PM2's command line: the one installed here, or else the one in PATH. Resolves to its output. */
function pm2(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return runCommand({ command: [existsSync(local) ? local : 'pm2', ...args], env });
}

/** Resolves to all processes of PM2 with the name. */
export async function listProcesses(name: string): Promise<Pm2Process[]> {
  const output = await pm2(['jlist']);
  // PM2 may print remarks before it.
  const list = output.split('\n').findLast((line) => line.startsWith('['));
  return (JSON.parse(list ?? '[]') as Listed[])
    .filter((process) => process.name === name)
    .map(({ pm_id: id, pid, pm2_env: env }) => {
      const role = env.args?.[env.args.indexOf('--role') + 1] ?? '';
      const first = Number(env.ADMIN_PORT || defaultAdminPorts[role]);
      return {
        id,
        pid,
        name,
        status: env.status,
        restarts: env.restart_time,
        adminPort: first + (env.NODE_APP_INSTANCE ?? 0),
      };
    });
}

/** Starts one more instance of the app beside the others, with the environment of this process and the app's own. */
export async function startBeside(app: App): Promise<Pm2Process> {
  const before = new Set((await listProcesses(app.name)).map(({ id }) => id));
  // PM2 waits for it to be ready, but reports success in either case.
  await pm2(startArguments(app), { ...process.env, ...app.env }).catch(() => undefined);
  const added = (await listProcesses(app.name)).find(({ id }) => !before.has(id));
  if (added === undefined) throw new Error(`PM2 did not start another ${app.name}`);
  return added;
}

/** Has the process drain, and removes it from PM2's list; resolves when it has ended. */
export async function removeProcess({ id }: Pm2Process): Promise<void> {
  await pm2(['delete', String(id)]);
}

const CHECK_EVERY_MS = 1000;
const CALM_MS = 3000;
const MAX_CHECKS = 60;
/** PM2's pause before a restart: `exp_backoff_restart_delay`, half as long again after each, and 15 s at most. */
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 15_000;

/** Returns the milliseconds for which a process that died so often has to stay away until it counts as removed. */
export const calmMs = (restarts: number): number =>
  CALM_MS + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 1.5 ** (restarts + 1));

/**
 * Removes a process that may die again and again. PM2 can bring such a process back into its list after it has removed
 * it, at the end of the pause before its next restart, so it is removed until it stays away for longer than that.
 */
export async function removeRestless(process: Pm2Process): Promise<void> {
  let restarts = process.restarts;
  let goneSince: number | null = null;
  for (let check = 0; check < MAX_CHECKS; check += 1) {
    const listed = (await listProcesses(process.name)).find(({ id }) => id === process.id);
    if (listed === undefined) {
      goneSince ??= performance.now();
      if (performance.now() - goneSince >= calmMs(restarts)) return;
    } else {
      goneSince = null;
      restarts = Math.max(restarts, listed.restarts);
      await removeProcess(process).catch(() => undefined);
    }
    await setTimeout(CHECK_EVERY_MS);
  }
  throw new Error(`PM2 does not remove ${process.name} ${process.id}; do it with pm2 delete`);
}

/** Stops the app and starts it again as the ecosystem file says. */
export async function restartApp(ecosystemFile: string, { name }: App): Promise<void> {
  // PM2 waits for it to be ready, but reports success in either case.
  await pm2(['restart', ecosystemFile, '--only', name, '--update-env']).catch(() => undefined);
}
