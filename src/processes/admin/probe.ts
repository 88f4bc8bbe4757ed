import { variables } from '../../../config/variables';
import { originOf } from '../../domain/values/local-origin';

export interface ProbeInput {
  role: string;
  /** The number of instances with `--cluster`: then their primary is asked, which is ready while one of them is. */
  clusterOf?: number;
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/** A container's health check has 3 s by itself. */
const RESPONSE_WITHIN_MS = 2500;
const MAX_PORT = 65_535;

/**
 * Asks the running process of a role, at its admin port, whether it is ready, and prints its status. Resolves to true
 * when it is. A health check for where there is neither curl nor Node; it reads no other variable than the address.
 */
export async function probeRole({ role, clusterOf = 0, env, print }: ProbeInput): Promise<boolean> {
  const origin = adminOrigin({ role, clusterOf, env });
  if (origin === null) {
    print(`ADMIN_PORT is "${env.ADMIN_PORT}"; it has to be the port of the running process`);
    return false;
  }
  const url = `${origin}/readyz`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(RESPONSE_WITHIN_MS) });
    const { status } = (await response.json()) as { status?: unknown };
    if (typeof status === 'string') print(status);
    else print(`${url} is that of another program; set ADMIN_PORT to that of the running process`);
    return response.ok && typeof status === 'string';
  } catch (error) {
    const { message, cause } = error as Error;
    print(`${url} does not respond (${cause instanceof Error ? cause.message : message})`);
    return false;
  }
}

function adminOrigin({ role, clusterOf, env }: { role: string; clusterOf: number; env: NodeJS.ProcessEnv }) {
  const { ADMIN_PORT, ADMIN_HOST } = variables;
  const byRole: Record<string, string> = ADMIN_PORT.defaultByRole;
  const host = env.ADMIN_HOST || ADMIN_HOST.default;
  const first = Number(env.ADMIN_PORT || (byRole[role] ?? ADMIN_PORT.default));
  const port = first + Number(env.NODE_APP_INSTANCE || '0') + clusterOf;
  if (!(Number.isInteger(port) && port > 0 && port <= MAX_PORT)) return null;
  // A call to 0.0.0.0 or :: reaches this machine.
  return originOf({ host, port });
}
