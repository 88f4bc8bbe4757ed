import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDataFormat, writeDataFormat } from './sources/data-format.ts';
import { ManagedProcess } from './managed-process.ts';
import { mongodbSources, SECANTUS } from './sources/mongodb-sources.ts';
import { requirePrimary } from './mongodb-replica-set.ts';
import { LOOPBACK } from './ports.ts';
import {
  acceptsConnections,
  requireReachable,
  startOnFreePorts,
  type PrepareServerInput,
  type RunningServer,
} from './server.ts';
import { firstBinary, type ServerBinary } from './sources/sources.ts';

const PREFERRED_PORT = 27017;
const DATABASE = 'partner-platform';

export interface MongodbAddresses {
  uri: string;
}

/**
 * Starts MongoDB as a replica set of one node (transactions need one), or SecantusDB when MongoDB is not available.
 * Each has its own data folder; existing data decides which of the two is started.
 */
export async function startMongodb(
  input: PrepareServerInput & { buildFast: boolean },
): Promise<RunningServer<MongodbAddresses>> {
  const { context, folder, buildFast } = input;
  const given = context.env.MONGODB_URI;
  if (given) {
    await requireReachable('MONGODB_URI', () => requirePrimary(given));
    return { addresses: { uri: given }, label: 'from MONGODB_URI', process: null };
  }
  const base = join(folder, 'mongodb');
  const formatFile = join(base, 'written-by');
  const keep = readDataFormat(formatFile);
  const binary = await firstBinary({
    server: 'MongoDB',
    sources: mongodbSources({ buildFast }),
    context,
    keep,
    dataFolder: base,
  });
  const data = join(base, binary.dataFormat);
  mkdirSync(data, { recursive: true });
  writeDataFormat(formatFile, binary.dataFormat);
  const create = ([port = 0]: number[]): ManagedProcess =>
    new ManagedProcess({
      name: 'mongodb',
      folder,
      command: binary.command,
      args: [...binary.args, ...serverArguments({ binary, data, port })],
      env: binary.env,
      probe: async () => {
        await acceptsConnections(port);
        await requirePrimary(uriOf(port), {
          initiateAs: binary.dataFormat === SECANTUS ? null : `${LOOPBACK}:${port}`,
        });
      },
      readyWithinMs: 60_000,
      graceMs: 20_000,
    });
  const { process, ports } = await startOnFreePorts({ input, name: 'MongoDB', preferred: [PREFERRED_PORT], create });
  return { addresses: { uri: uriOf(ports[0] ?? 0) }, label: binary.label, process };
}

/** Returns a URI for a direct connection; otherwise the driver would use the node's name in the replica set. */
const uriOf = (port: number): string => `mongodb://${LOOPBACK}:${port}/${DATABASE}?directConnection=true`;

function serverArguments({ binary, data, port }: { binary: ServerBinary; data: string; port: number }): string[] {
  // Without --sync-on-commit a kill has lost acknowledged writes.
  if (binary.dataFormat === SECANTUS) {
    return [
      '--host',
      LOOPBACK,
      '--port',
      String(port),
      '--storage-path',
      data,
      '--sync-on-commit',
      '--cache-size',
      '512M',
      '--log-level',
      'WARNING',
    ];
  }
  return [
    '--bind_ip',
    LOOPBACK,
    '--port',
    String(port),
    '--dbpath',
    data,
    '--replSet',
    'rs0',
    '--wiredTigerCacheSizeGB',
    '0.5',
    '--quiet',
  ];
}
