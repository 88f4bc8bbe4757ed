import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilReady } from './readiness.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function answering(status: number, body: object): Promise<number> {
  server = createServer((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}
const candidate = { status: 'ready', pid: 7, version: '1', buildId: 'b2' };
const check = (adminPort: number, pid: number | null = 7) =>
  untilReady({ adminPort, buildId: 'b2', pid: async () => pid, limitMs: 500 });

it('believes the very process, ready and of the very build', async () => {
  expect(await check(await answering(200, candidate))).toBeNull();
});

it.each([
  ['another build', 200, { ...candidate, buildId: 'b1' }, 'it is of build b1, not b2'],
  [
    'another process, which still has the port',
    200,
    { ...candidate, pid: 6 },
    /within 500 ms: process 6 answers there$/,
  ],
  ['a process that is not ready', 503, { ...candidate, status: 'unready' }, /within 500 ms: it is unready$/],
])('does not believe %s', async (_what, status, body, reason) => {
  expect(await check(await answering(status, body))).toMatch(reason);
});

it('does not wait for a process that has ended', async () => {
  expect(await check(await answering(200, candidate), null)).toBe('it ended');
});
