import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { App } from './app.ts';
import { listProcesses } from './pm2.ts';
import { reloadInstances } from './reload-instances.ts';

jest.mock('./pm2.ts', () => ({ listProcesses: jest.fn() }));

const TAKEN_OVER_AFTER_MS = 300;
const servers: Server[] = [];
afterEach(() => servers.forEach((server) => server.close()));

const app = { name: 'api', args: '--role api --cluster 2', cwd: '/', env: {} } as App;

/** Serves this at the port; resolves to null where it is taken. */
async function serve(port: number, body: object): Promise<number | null> {
  const server = createServer((_request, response) => void response.end(JSON.stringify(body)));
  servers.push(server.listen(port, '127.0.0.1'));
  const open = await once(server, 'listening').catch(() => null);
  return open && (server.address() as AddressInfo).port;
}

/** Serves this at a port and at the next one, as two instances do. Returns the first port. */
async function servePair(body: object): Promise<number> {
  for (;;) {
    const port = (await serve(0, body))!;
    if ((await serve(port + 1, body)) !== null) return port;
  }
}

/** Reloads the instances at these ports by a `--reload` that says that all is well. */
async function reloadAt(adminPort: number, command: readonly [string, ...string[]] = ['/bin/true']): Promise<string[]> {
  const primary = { id: 0, pid: 1, name: 'api', status: 'online', restarts: 0, adminPort };
  jest.mocked(listProcesses).mockResolvedValue([primary]);
  const lines: string[] = [];
  const candidate = { command, version: '1', buildId: 'b2' };
  await reloadInstances({ app, candidate, ecosystemFile: '', print: (line) => void lines.push(line) });
  return lines;
}
const instance = (buildId: string) => ({ status: 'ready', pid: 7, version: '1', buildId });

it('waits for the last instance to take its admin port over', async () => {
  const adminPort = await servePair(instance('b2'));
  await new Promise((resolve) => servers.at(-1)!.close(resolve));
  const late = setTimeout(TAKEN_OVER_AFTER_MS).then(() => serve(adminPort + 1, instance('b2')));
  expect(await reloadAt(adminPort)).toEqual([
    `api instance 0: ready with build b2 at port ${adminPort}`,
    `api instance 1: ready with build b2 at port ${adminPort + 1}`,
  ]);
  await late;
});

it('refuses an instance of another build', async () => {
  const adminPort = (await serve(0, instance('b1')))!;
  await expect(reloadAt(adminPort)).rejects.toThrow('instance 0 of api cannot serve: it is of build b1, not b2');
});

it('says which variables a reload does not change', async () => {
  const adminPort = await servePair(instance('b2'));
  const [note] = await reloadAt(adminPort, ['/bin/echo', 'note    MONGODB_URI: the primary has other values']);
  expect(note).toMatch(/^api: note {4}MONGODB_URI: the primary has other values/);
});
