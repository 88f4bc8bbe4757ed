import { setTimeout } from 'node:timers/promises';
import { ConfigError, readConfig } from '../../../config/env';
import { originOf } from '../../domain/values/local-origin';
import { changedVariables, isPrimaryProcess } from './primary-process';
import { UNDER_WAY } from './reloads';

export interface ReloadClusterInput {
  role: string;
  clusterOf: number;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

const POLL_MS = 100;
/** The admin port answers from memory. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * `--reload`: has the running primary of a cluster replace its instances, and waits for the outcome. Resolves to false,
 * with the reason printed, when an instance could not be replaced or no primary runs.
 */
export async function reloadCluster({ role, clusterOf, env, print }: ReloadClusterInput): Promise<boolean> {
  try {
    const first = Number(env.NODE_APP_INSTANCE || 0);
    const primaryEnv = { ...env, NODE_APP_INSTANCE: String(first + clusterOf) };
    const { admin } = readConfig({ env: primaryEnv, role, clusterOf });
    const primary = primaryAt(originOf(admin));
    const pid = await primary.pidOf({ role, clusterOf });
    if (!isPrimaryProcess(pid))
      throw new Error(`Process ${pid}, which answers as the primary, is none on this machine`);
    const changed = changedVariables({ pid, env });
    if (changed.length > 0)
      print(`note    ${changed.join(', ')}: the primary has other values, and its instances get those; restart it`);
    const before = await primary.reloads();
    process.kill(pid, 'SIGHUP');
    for (;;) {
      await setTimeout(POLL_MS);
      if ((await primary.reloads()) === before) continue;
      const fault = await primary.fault();
      if (fault === UNDER_WAY) continue;
      print(fault === undefined ? `ok      ${clusterOf} instances of ${role} are replaced` : `failed  ${fault}`);
      return fault === undefined;
    }
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [(error as Error).message];
    for (const problem of problems) print(`failed  ${problem}`);
    return false;
  }
}

/** The fields of `/readyz`; another program at the port may have none of them. */
interface PrimaryReadiness {
  pid?: number;
  role?: string;
  dependencies?: Record<string, { error?: string }>;
}

/** Reads the admin port of a primary; rejects when none answers there. */
function primaryAt(url: string) {
  const read = async (page: string): Promise<string> => {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const response = await fetch(`${url}${page}`, { signal, headers: { connection: 'close' } }).catch(() => null);
    if (response === null) throw absent();
    return response.text();
  };
  const absent = () =>
    new Error(`No primary answers at ${url}; ADMIN_PORT and --cluster have to be those of the running one`);
  const readiness = async (): Promise<PrimaryReadiness> => {
    const text = await read('/readyz');
    try {
      return JSON.parse(text) as PrimaryReadiness;
    } catch {
      throw absent();
    }
  };
  return {
    /**
     * Resolves to the process id of the primary of so many instances of the role. Rejects when another process has the
     * port: an instance ignores SIGHUP, and any other process is ended by it.
     */
    pidOf: async ({ role, clusterOf }: { role: string; clusterOf: number }) => {
      const { pid, role: found, dependencies } = await readiness();
      const has = (name: string): boolean => Object.hasOwn(dependencies ?? {}, name);
      const isPrimary = has('reload') && has(`instance-${clusterOf - 1}`) && !has(`instance-${clusterOf}`);
      if (pid === undefined || found !== role || !isPrimary) throw absent();
      return pid;
    },
    /** Resolves to the number of reloads that have ended. */
    reloads: async () =>
      [...(await read('/metrics')).matchAll(/^cluster_reloads_total\{[^}]*\} (\d+)$/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      ),
    fault: async () => (await readiness()).dependencies?.reload?.error,
  };
}
