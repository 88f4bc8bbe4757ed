import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startAdminServer, type AdminServerInput } from './admin-server';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const admin of opened.splice(0)) await admin.close();
});

const quiet = { info: () => undefined, warn: () => undefined };
const open = async (input: Partial<AdminServerInput> = {}) => {
  let port = 0;
  const logger = { ...quiet, info: (fields: object) => void (port = (fields as { port?: number }).port ?? port) };
  const metrics = { contentType: 'text/plain', render: async () => 'up 1\n' };
  const admin = await startAdminServer({
    host: '127.0.0.1',
    port: 0,
    waitForPort: false,
    about: { role: 'api', version: '1', buildId: 'b1' },
    isDraining: () => false,
    metrics,
    logger,
    ...input,
  });
  opened.push(admin);
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: 'close' } });
    return { status: response.status, text: await response.text() };
  };
  const ready = async () => {
    const { status, text } = await get('/readyz');
    return {
      code: status,
      ...(JSON.parse(text) as {
        status: string;
        dependencies: Record<string, { ok: boolean; latencyMs: number; error?: string }>;
      }),
    };
  };
  return { admin, get, ready };
};

describe('the admin port', () => {
  it('is alive from the first moment and ready only once booted', async () => {
    const { admin, get, ready } = await open();
    expect(await get('/livez')).toMatchObject({ status: 200 });
    expect(await ready()).toMatchObject({ code: 503, status: 'starting' });
    admin.markBooted();
    expect(await ready()).toMatchObject({ code: 200, status: 'ready', version: '1', buildId: 'b1' });
  });

  it('shows every dependency: a required one makes it unready, another degrades it', async () => {
    const { admin, ready } = await open();
    let mongodb: () => Promise<void> = async () => undefined;
    admin.addDependency({ name: 'mongodb', required: true, check: () => mongodb() });
    admin.addDependency({
      name: 'redis',
      required: false,
      check: () => Promise.reject(new Error('connect redis://me:hunter2@cache failed')),
    });
    admin.markBooted();
    const degraded = await ready();
    expect(degraded).toMatchObject({
      code: 200,
      status: 'degraded',
      dependencies: { mongodb: { ok: true, latencyMs: expect.any(Number) }, redis: { ok: false } },
    });
    expect(degraded.dependencies.redis?.error).toBe('connect redis://…@cache failed');
    mongodb = () => Promise.reject(new Error('away'));
    expect(await ready()).toMatchObject({
      code: 503,
      status: 'unready',
      dependencies: { mongodb: { ok: false, error: 'away' } },
    });
  });

  it('waits a second at most for a dependency that hangs', async () => {
    const { admin, ready } = await open();
    admin.addDependency({ name: 'frozen', required: true, check: () => new Promise(() => undefined) });
    admin.markBooted();
    const begun = performance.now();
    expect(await ready()).toMatchObject({
      code: 503,
      dependencies: { frozen: { ok: false, error: 'no response within 1000 ms' } },
    });
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('is unready immediately when draining, without checking dependencies', async () => {
    let draining = false;
    const { admin, ready } = await open({ isDraining: () => draining });
    const check = jest.fn(async () => undefined);
    admin.addDependency({ name: 'mongodb', required: true, check });
    admin.markBooted();
    draining = true;
    expect(await ready()).toMatchObject({ code: 503, status: 'draining' });
    expect(check).not.toHaveBeenCalled();
  });

  it('serves metrics, and nothing else', async () => {
    const { get } = await open();
    expect(await get('/metrics')).toEqual({ status: 200, text: 'up 1\n' });
    expect(await get('/readyz', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/')).toMatchObject({ status: 404 });
  });

  it('names the port that is taken, or under PM2 takes it over when it is free', async () => {
    const before = createServer().listen(0, '127.0.0.1').unref();
    await once(before, 'listening');
    const { port } = before.address() as AddressInfo;
    await expect(open({ port })).rejects.toThrow(
      `ADMIN_PORT: port ${port} on 127.0.0.1 is taken; set ADMIN_PORT to another`,
    );
    const { get } = await open({ port, waitForPort: true });
    await new Promise((resolve) => before.close(resolve));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await get('/livez')).toMatchObject({ status: 200 });
  });

  it('reports a port that stays taken, since another program may have it', async () => {
    const other = createServer().listen(0, '127.0.0.1').unref();
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const warned = new Promise((resolve) => {
      const logger = { ...quiet, warn: (_fields: object, message: string) => resolve(message) };
      void open({ port, waitForPort: true, warnAfterMs: 20, logger });
    });
    expect(await warned).toMatch(`ADMIN_PORT: port ${port} on 127.0.0.1 is still taken; set ADMIN_PORT to another`);
    other.close();
  });
});
