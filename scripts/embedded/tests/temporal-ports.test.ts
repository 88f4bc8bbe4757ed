import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder } from '../claim-folder.ts';
import { listeningPorts, LOOPBACK } from '../ports.ts';
import { plainReporter } from '../reporter.ts';
import { startEmbeddedServers, type EmbeddedServers } from '../servers.ts';

let folder: string;
let servers: EmbeddedServers;
let release: () => void;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'temporal-ports-'));
  ({ release } = await claimFolder(folder));
  const { TEMPORAL_ADDRESS: _address, ...env } = process.env;
  servers = await startEmbeddedServers({
    root: join(__dirname, '../../..'),
    folder,
    which: ['temporal'],
    wellKnownPorts: false,
    buildFast: false,
    env,
    reporter: plainReporter(() => undefined),
  });
});
afterAll(async () => {
  await servers.stop();
  release();
  rmSync(folder, { recursive: true });
});

it("Temporal's own ports are all those at which it listens, and its HTTP API and metrics keep theirs", async () => {
  const { process: server, addresses } = servers.temporal!;
  const { ownPorts } = addresses;
  const [, , httpPort, metricsPort] = ownPorts;
  const statuses = async () =>
    Promise.all(
      [`${httpPort}/api/v1/namespaces`, `${metricsPort}/metrics`].map(
        async (path) => (await fetch(`http://${LOOPBACK}:${path}`)).status,
      ),
    );
  const listening = listeningPorts(server!.pid!);
  if (process.platform === 'linux') expect(listening.length).toBeGreaterThan(4);
  expect(listening.filter((port) => !ownPorts.includes(port))).toEqual([]);
  expect(await statuses()).toEqual([200, 200]);

  await server!.kill();
  await server!.start();
  expect(await statuses()).toEqual([200, 200]);
});
