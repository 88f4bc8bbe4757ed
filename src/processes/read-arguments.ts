import { parseArgs } from 'node:util';
import { taskQueueNames } from '../contracts/task-queues';
import { roleNames, roles } from './roles';

export type Invocation =
  | { kind: 'run' | 'check'; role: string; queues: readonly string[] | undefined }
  | { kind: 'help' | 'version' | 'verify-ledger' | 'rebuild-search' }
  /** One line with the fault and its remedy. */
  | { kind: 'wrong'; line: string };

const options = {
  role: { type: 'string' },
  queues: { type: 'string' },
  check: { type: 'boolean' },
  'verify-ledger': { type: 'boolean' },
  'rebuild-search': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const wrong = (line: string): Invocation => ({ kind: 'wrong', line });

/** Returns the request on the command line. Reads nothing but its input. */
export function readArguments(argv: readonly string[]): Invocation {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return wrong(parsed);
  const { role, queues, check, version, help } = parsed;
  if (help) return { kind: 'help' };
  if (parsed['verify-ledger']) return { kind: 'verify-ledger' };
  if (parsed['rebuild-search']) return { kind: 'rebuild-search' };
  if (version) return { kind: 'version' };
  if (role === undefined) return wrong(`--role is missing; it is one of ${roleNames.join(', ')}`);
  const chosen = Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (chosen === undefined) return wrong(`There is no role "${role}"; there are ${roleNames.join(', ')}`);
  if (queues !== undefined && !chosen.takesQueues) return wrong(`--queues is not for --role ${role}; leave it out`);
  const names = queues?.split(',').map((name) => name.trim());
  const unknown = names?.filter((name) => !(taskQueueNames as readonly string[]).includes(name)) ?? [];
  if (unknown.length > 0)
    return wrong(
      `There is no task queue ${unknown.map((name) => `"${name}"`).join(', ')}; there are ${taskQueueNames.join(', ')}`,
    );
  return { kind: check ? 'check' : 'run', role, queues: names && [...new Set(names)] };
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
  const width = Math.max(...roleNames.map((name) => name.length));
  return [
    'partner-platform: REST in, durable business processes out',
    '',
    'Usage: node dist/main.js --role ROLE [--queues A,B] [--check] | --verify-ledger | --rebuild-search',
    '',
    '  --role ROLE     the role of this process:',
    ...Object.entries(roles).map(([name, { summary }]) => `                    ${name.padEnd(width)}  ${summary}`),
    `  --queues A,B    worker: serve only these Temporal task queues (${taskQueueNames.join(', ')});`,
    '                  such a worker leaves relay, jobs and periodic work to those without --queues',
    '  --check         check the configuration and every server that the role needs, then exit 0 or 1',
    "  --verify-ledger compare the books with themselves and with the simulated gateway's, then exit 0 or 1",
    '  --rebuild-search  build the search index of listings anew beside the old one, swap the two, and exit',
    '  --version       print the version',
    '  --help          print this text',
    '',
    'Everything else is configured by environment variables: see .env.example.',
    '',
  ].join('\n');
}
