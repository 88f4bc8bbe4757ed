import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { installOnce, isInstalled } from './cache.ts';
import { downloadArchive, isReachable } from './download.ts';
import { readPins } from './pins.ts';
import { isExecutable, onPath, runCommand } from './run-command.ts';
import type { ServerBinary, Source, SourceContext } from './sources.ts';
import { findPython, installWheels, pinnedVersion, pythonVersion, requirementsFile } from './wheels.ts';

export const MONGOD = 'mongod';
export const SECANTUS = 'secantusdb';

export const MONGOD_VERSION = '8.2.6';
const OLDEST_MONGOD_MAJOR = 7;
export const FAST_CRATE = 'secantus-mdb';
export const FAST_VERSION = '0.5.3-beta.196';
const FAST_BUILD_WITHIN_MS = 30 * 60_000;

/**
 * Returns the sources in their order: real MongoDB first, but a cached stand-in before a download.
 * With `buildFast` the fast stand-in is compiled when cargo is available: the wheel slows down with every document, so
 * tests must not depend on the wheel.
 */
export function mongodbSources({ buildFast }: { buildFast: boolean }): readonly Source[] {
  return [
    { name: 'path', writes: MONGOD, find: async ({ env }) => describeMongod(onPath('mongod', env), 'on PATH') },
    {
      name: 'cached',
      writes: MONGOD,
      find: async (context) =>
        isInstalled(mongodFolder(context)) ? describeMongod(join(mongodFolder(context), 'mongod'), 'cached') : null,
    },
    { name: 'cached', writes: SECANTUS, find: cachedFastSecantus },
    { name: 'download', writes: MONGOD, find: downloadMongod },
    ...(buildFast ? [{ name: 'build', writes: SECANTUS, find: buildFastSecantus } as const] : []),
    { name: 'wheel', writes: SECANTUS, find: secantusWheel },
  ];
}

async function describeMongod(command: string | null, from: string): Promise<ServerBinary | null> {
  if (command === null) return null;
  const version =
    /v(\d+\.\d+\.\d+)/.exec(await runCommand({ command, args: ['--version'], timeoutMs: 20_000 }))?.[1] ?? '0';
  if (Number.parseInt(version, 10) < OLDEST_MONGOD_MAJOR)
    throw new Error(`${command} is ${version}, older than ${OLDEST_MONGOD_MAJOR}`);
  return { command, args: [], label: `mongod ${version} (${from})`, dataFormat: MONGOD };
}

const mongodFolder = ({ cache }: SourceContext): string =>
  join(cache, `mongod-${MONGOD_VERSION}-${process.platform}-${process.arch}`);

async function downloadMongod(context: SourceContext): Promise<ServerBinary | null> {
  const url = await mongodUrl();
  // Before anything is announced: a closed network is no news.
  if (!(await isReachable(url))) throw new Error(`${new URL(url).host} cannot be reached`);
  const { root, reporter } = context;
  const isNew = await installOnce({
    folder: mongodFolder(context),
    label: `MongoDB: downloading mongod ${MONGOD_VERSION}`,
    reporter,
    install: async (target, update) => {
      await downloadArchive({ url, target, pins: readPins(root), reporter, update });
      const unpacked = readdirSync(target).find((name) => isExecutable(join(target, name, 'bin', 'mongod')));
      if (unpacked === undefined) throw new Error(`${url} contains no bin/mongod`);
      renameSync(join(target, unpacked, 'bin', 'mongod'), join(target, 'mongod'));
      rmSync(join(target, unpacked), { recursive: true });
      await describeMongod(join(target, 'mongod'), 'download');
    },
  });
  return describeMongod(join(mongodFolder(context), 'mongod'), isNew ? 'download' : 'cached');
}

/** Returns the address of MongoDB's own archive for this system. @throws when MongoDB has none for it. */
async function mongodUrl(): Promise<string> {
  const [{ MongoBinaryDownloadUrl }, { getOS }] = await Promise.all([
    import('mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js'),
    import('mongodb-memory-server-core/lib/util/getos/index.js'),
  ]);
  const { platform, arch } = process;
  return new MongoBinaryDownloadUrl({ version: MONGOD_VERSION, platform, arch, os: await getOS() }).getDownloadUrl();
}

const fastFolder = ({ cache }: SourceContext): string => join(cache, `${FAST_CRATE}-${FAST_VERSION}`);

/**
 * Returns the cached stand-in. cargo writes .crates2.json after the binary, so that file marks a whole installation.
 */
async function cachedFastSecantus(context: SourceContext): Promise<ServerBinary | null> {
  const folder = fastFolder(context);
  return isInstalled(folder) || existsSync(join(folder, '.crates2.json')) ? describeFast(folder, 'cached') : null;
}

async function describeFast(folder: string, from: string): Promise<ServerBinary> {
  const command = join(folder, 'bin', 'secantusd-rs');
  await runCommand({ command, args: ['--version'], timeoutMs: 20_000 });
  return { command, args: [], label: `SecantusDB ${FAST_VERSION} (stand-in, ${from})`, dataFormat: SECANTUS };
}

async function buildFastSecantus(context: SourceContext): Promise<ServerBinary | null> {
  const installed = join(context.env.CARGO_HOME || join(homedir(), '.cargo'), 'bin', 'cargo');
  const cargo = onPath('cargo', context.env) ?? (isExecutable(installed) ? installed : null);
  if (cargo === null) return null;
  const isNew = await installOnce({
    folder: fastFolder(context),
    label: `MongoDB: compiling SecantusDB ${FAST_VERSION} once (about 6 minutes on 2 cores)`,
    reporter: context.reporter,
    install: async (target, update) => {
      // --locked: the dependencies that the crate was released with, each with the hash in its Cargo.lock.
      const options = ['--version', FAST_VERSION, '--locked', '--ignore-rust-version', '--root', target];
      await runCommand({
        command: cargo,
        args: ['install', FAST_CRATE, ...options],
        timeoutMs: FAST_BUILD_WITHIN_MS,
        onLine: update,
      });
      await describeFast(target, 'built');
    },
  });
  return describeFast(fastFolder(context), isNew ? 'built' : 'cached');
}

/** Installs the wheel. Its packages are compiled for one version of Python, which is part of the folder's name. */
async function secantusWheel(context: SourceContext): Promise<ServerBinary> {
  const requirements = requirementsFile(context.root, 'mongodb');
  const text = readFileSync(requirements, 'utf8');
  const version = pinnedVersion(text, 'secantusdb');
  const python = findPython(context.env);
  const pins = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const folder = join(
    context.cache,
    `secantusdb-${version}-${pins}-python${await pythonVersion(context.env)}-${process.arch}`,
  );
  const isNew = await installOnce({
    folder,
    label: `MongoDB: installing the pinned wheel of SecantusDB ${version}`,
    reporter: context.reporter,
    install: (target, update) =>
      installWheels({ requirements, target, env: context.env, update, anyPython: ['--only-binary=:all:'] }),
  });
  return {
    command: python ?? 'python3',
    args: [join(folder, 'bin', 'secantusd-py')],
    env: { PYTHONPATH: folder },
    label: `SecantusDB ${version} (stand-in, ${isNew ? 'wheel' : 'cached wheel'}; slow: for a first look only)`,
    dataFormat: SECANTUS,
  };
}
