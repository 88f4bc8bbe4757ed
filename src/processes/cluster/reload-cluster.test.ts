import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reloadCluster } from './reload-cluster';

let server: Server | undefined;
const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
afterEach(() => {
  server?.close();
  kill.mockClear();
});

/** Reloads a cluster of two instances at whose primary's admin port this body is served. */
async function reloadAt(body: unknown): Promise<unknown[]> {
  server = createServer((_request, response) => void response.end(JSON.stringify(body)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const env = {
    ADMIN_PORT: String(port - 2),
    OPERATOR_KEY: 'operator'.repeat(4),
    TOKEN_SECRET: 'secret'.repeat(6),
  };
  const lines: string[] = [];
  const done = await reloadCluster({ role: 'api', clusterOf: 2, env, print: (line) => void lines.push(line) });
  return [done, ...lines];
}
const dependencies = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { ok: true }]));

it.each([
  ['an instance, which ignores the signal', { pid: 7, role: 'api', dependencies: dependencies('mongodb', 'redis') }],
  ['a worker, which the signal would end', { pid: 7, role: 'worker', dependencies: dependencies('temporal') }],
  [
    'the primary of three instances',
    { pid: 7, role: 'api', dependencies: dependencies('instance-0', 'instance-1', 'instance-2', 'reload') },
  ],
  ['another program', 'hello'],
])('--reload sends no signal to %s', async (_what, body) => {
  expect(await reloadAt(body)).toEqual([false, expect.stringMatching(/^failed  No primary answers at .*ADMIN_PORT/)]);
  expect(kill).not.toHaveBeenCalled();
});

it('--reload sends no signal to a process that is no primary, though a primary has its number elsewhere', async () => {
  const body = { pid: process.pid, role: 'api', dependencies: dependencies('instance-0', 'instance-1', 'reload') };
  const line = `failed  Process ${process.pid}, which answers as the primary, is none on this machine`;
  expect(await reloadAt(body)).toEqual([false, line]);
  expect(kill).not.toHaveBeenCalled();
});
