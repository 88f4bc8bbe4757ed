import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { probeRole } from './probe';

const probe = async (env: NodeJS.ProcessEnv, { clusterOf }: { clusterOf?: number } = {}) => {
  const lines: string[] = [];
  const ready = await probeRole({ role: 'api', clusterOf, env, print: (line) => void lines.push(line) });
  return [ready, ...lines];
};

describe('--probe', () => {
  it('returns what the admin port of the instance says, also where it listens on all addresses', async () => {
    const answers = [
      { code: 200, status: 'degraded' },
      { code: 503, status: 'draining' },
      { code: 200, status: 'ready' },
      { code: 200 },
    ];
    const server = createHttpServer((request, response) => {
      const { code, status } = answers.shift()!;
      response.writeHead(code, { connection: 'close' }).end(JSON.stringify({ status, path: request.url }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await probe({ ADMIN_PORT: String(port), ADMIN_HOST: '0.0.0.0' })).toEqual([true, 'degraded']);
    expect(await probe({ ADMIN_PORT: String(port - 3), NODE_APP_INSTANCE: '3' })).toEqual([false, 'draining']);
    // The primary of a cluster has the port after those of its instances.
    expect(await probe({ ADMIN_PORT: String(port - 2) }, { clusterOf: 2 })).toEqual([true, 'ready']);
    expect(await probe({ ADMIN_PORT: String(port) })).toEqual([
      false,
      expect.stringContaining('is that of another program; set ADMIN_PORT'),
    ]);
    server.close();
  });

  it('names the variable of an address that is none', async () => {
    expect(await probe({ ADMIN_PORT: 'admin' })).toEqual([false, expect.stringMatching(/^ADMIN_PORT is "admin"; /)]);
  });

  it('reports a process that does not run by the address that it would have', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    taken.close();
    await once(taken, 'close');
    expect(await probe({ ADMIN_PORT: String(port) })).toEqual([
      false,
      expect.stringMatching(`^http://127.0.0.1:${port}/readyz does not respond \\(.*ECONNREFUSED`),
    ]);
  });
});
