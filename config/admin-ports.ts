import { isBlockedPort } from '../src/domain/values/blocked-ports';

export interface AdminPortsInput {
  /** The valid ones of the variables. */
  values: { ADMIN_PORT?: number; PORT?: number };
  instance: number;
  /** Number of instances of a cluster; the port after theirs is that of its primary. */
  clusterOf?: number | undefined;
}

const MAX_PORT = 65_535;

/** Returns what is wrong with the ports that follow ADMIN_PORT: of an instance, or of a cluster and its primary. */
export function adminPortProblems({ values, instance, clusterOf }: AdminPortsInput): string[] {
  const { ADMIN_PORT: admin = 0, PORT: port } = values;
  if (admin === 0) return [];
  if (clusterOf === undefined) return instanceProblems(admin, instance);
  const last = admin + clusterOf;
  const range = `${admin} to ${last}, one for each of ${clusterOf} instances and one for their primary`;
  if (last > MAX_PORT) return [`ADMIN_PORT is ${admin}; with --cluster ${clusterOf} the ports are ${range}`];
  if (port !== undefined && port >= admin && port <= last)
    return [`PORT is ${port}; it has to be none of the admin ports, ${range}`];
  const blocked = Array.from({ length: clusterOf + 1 }, (_, index) => admin + index).filter(isBlockedPort);
  return blocked.length > 0
    ? [`ADMIN_PORT is ${admin}; the ports are ${range}, and browsers and probes do not open ${blocked.join(', ')}`]
    : [];
}

function instanceProblems(admin: number, instance: number): string[] {
  const own = admin + instance;
  if (own <= MAX_PORT && !isBlockedPort(own)) return [];
  const why = own > MAX_PORT ? 'is above 65535' : 'browsers and probes do not open';
  return [`ADMIN_PORT is ${admin}; the port of instance ${instance} would be ${own}, which ${why}`];
}
