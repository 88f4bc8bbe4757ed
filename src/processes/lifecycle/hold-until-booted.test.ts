import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holdUntilBooted } from './hold-until-booted';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function open(booted: Promise<void>) {
  const server = createServer(
    holdUntilBooted({ handler: (_request, response) => void response.end('handled'), booted }),
  ).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { get: (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } }) };
}

describe('before the boot is finished', () => {
  it('a request waits for a boot that takes a moment', async () => {
    const { get } = await open(new Promise((resolve) => setTimeout(resolve, 100)));
    const response = await get('/api/v1/me');
    expect([response.status, await response.text()]).toEqual([200, 'handled']);
  });

  it('requests get a 503 within 2 s while MongoDB is down, and are served once it is up', async () => {
    let boot!: () => void;
    const { get } = await open(new Promise((resolve) => (boot = resolve)));
    const begun = performance.now();
    const response = await get('/api/v1/me');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(performance.now() - begun).toBeLessThan(2000);
    const again = performance.now();
    expect((await get('/api/v1/me')).status).toBe(503);
    expect(performance.now() - again).toBeLessThan(2000);
    boot();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await get('/api/v1/me')).status).toBe(200);
  });

  it('requests that need no database are served', async () => {
    const { get } = await open(new Promise(() => undefined));
    expect((await get('/docs')).status).toBe(200);
  });
});
