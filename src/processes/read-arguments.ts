import path from 'node:path';
import { parseArgs } from 'node:util';
import { isBinary } from '../assets';
import { taskQueueNames } from '../contracts/task-queues';
import { roleNames, roles } from './roles';

export type Invocation =
  | { kind: 'run' | 'check'; role: string; queues: readonly string[] | undefined; clusterOf: number | undefined }
  | { kind: 'reload'; role: string; clusterOf: number }
  | { kind: 'probe'; role: string; clusterOf: number | undefined }
  | { kind: 'help' | 'version' | 'verify-ledger' | 'verify-reports' | 'rebuild-search' }
  /** One line with the fault and its remedy. */
  | { kind: 'wrong'; line: string };

const options = {
  role: { type: 'string' },
  queues: { type: 'string' },
  cluster: { type: 'string' },
  check: { type: 'boolean' },
  reload: { type: 'boolean' },
  probe: { type: 'boolean' },
  'verify-ledger': { type: 'boolean' },
  'verify-reports': { type: 'boolean' },
  'rebuild-search': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const MAX_INSTANCES = 64;
/** The same as no `--queues`, for a template of units that always has one. */
const ALL_QUEUES = 'all';

const wrong = (line: string): Invocation => ({ kind: 'wrong', line });

/** Returns the request on the command line. Reads nothing but its input. */
export function readArguments(argv: readonly string[]): Invocation {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return wrong(parsed);
  const { role, queues, cluster, check, reload, probe, version, help } = parsed;
  if (help) return { kind: 'help' };
  if (parsed['verify-ledger']) return { kind: 'verify-ledger' };
  if (parsed['verify-reports']) return { kind: 'verify-reports' };
  if (parsed['rebuild-search']) return { kind: 'rebuild-search' };
  if (version) return { kind: 'version' };
  if (role === undefined) return wrong(`--role is missing; it is one of ${roleNames.join(', ')}`);
  const chosen = Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (chosen === undefined) return wrong(`There is no role "${role}"; there are ${roleNames.join(', ')}`);
  if (queues !== undefined && !chosen.takesQueues) return wrong(`--queues is not for --role ${role}; leave it out`);
  if (cluster !== undefined && !chosen.canCluster) return wrong(`--cluster is not for --role ${role}; leave it out`);
  const clusterOf = cluster === undefined ? undefined : Number(cluster);
  if (cluster !== undefined && !(/^[1-9]\d?$/.test(cluster) && Number(cluster) <= MAX_INSTANCES))
    return wrong(`--cluster is "${cluster}"; it is the number of instances, from 1 to ${MAX_INSTANCES}`);
  if (reload) {
    if (check) return wrong('--check and --reload are two commands; leave one out');
    return clusterOf === undefined
      ? wrong('--reload is missing its --cluster N, the same as that of the running processes')
      : { kind: 'reload', role, clusterOf };
  }
  const names = queues === ALL_QUEUES ? undefined : queues?.split(',').map((name) => name.trim());
  const unknown = names?.filter((name) => !(taskQueueNames as readonly string[]).includes(name)) ?? [];
  if (unknown.length > 0)
    return wrong(
      `There is no task queue ${unknown.map((name) => `"${name}"`).join(', ')}; there are ${taskQueueNames.join(', ')}`,
    );
  if (probe) return { kind: 'probe', role, clusterOf };
  return { kind: check ? 'check' : 'run', role, queues: names && [...new Set(names)], clusterOf };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      return `There is no option ${/'([^']+)'/.exec(message)?.[1] ?? ''}; see --help`;
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
      return `There is no argument "${/'([^']+)'/.exec(message)?.[1] ?? ''}"; see --help`;
    return `${message.split('\n')[0]?.split('. ')[0] ?? message}; see --help`;
  }
}

export function helpText(): string {
  const program = isBinary ? path.basename(process.execPath) : 'node dist/main.js';
  const width = Math.max(...roleNames.map((name) => name.length));
  return [
    'partner-platform: REST in, durable business processes out',
    '',
    `Usage: ${program} --role ROLE [--queues A,B] [--cluster N] [--check | --probe | --reload]`,
    `       ${program} --verify-ledger | --verify-reports | --rebuild-search`,
    '',
    '  --role ROLE     the role of this process:',
    ...Object.entries(roles).map(([name, { summary }]) => `                    ${name.padEnd(width)}  ${summary}`),
    `  --queues A,B    worker: serve only these Temporal task queues (${taskQueueNames.join(', ')});`,
    '                  such a worker leaves relay, jobs and periodic work to those without --queues, or with "all"',
    '  --cluster N     api: run N instances that share the port; SIGHUP replaces them one by one by the program that',
    '                  now lies at the path of this one: the next is ready before the previous one drains;',
    '                  their admin ports are ADMIN_PORT to ADMIN_PORT + N, so from N = 10 on 9474 of a worker is one',
    '  --reload        with --cluster N: send that SIGHUP to the running primary, wait, then exit 0 (all are replaced)',
    '                  or 1 (one was not ready, so the previous ones serve on)',
    '  --check         check the configuration and every server that the role needs, then exit 0 or 1',
    '  --probe         ask the running process of the role at its admin port whether it is ready, then exit 0 or 1;',
    '                  with --cluster N the primary, which is ready while one instance is',
    "  --verify-ledger compare the books with themselves and with the simulated gateway's, then exit 0 or 1",
    '  --verify-reports  rebuild what reports count from its source and compare, then exit 0 or 1',
    '  --rebuild-search  build the search index of listings anew beside the old one, swap the two, and exit',
    '  --version       print the version and the build id',
    '  --help          print this text',
    '',
    'Everything else is configured by environment variables: see .env.example.',
    '',
  ].join('\n');
}
