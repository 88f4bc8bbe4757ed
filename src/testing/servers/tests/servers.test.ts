import { createConnection } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers, type TestServers } from '../servers';

const ping = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ port: Number(new URL(url).port), host: '127.0.0.1' }, () =>
      socket.write('PING\r\n'),
    );
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), 400);
    socket.once('data', (data) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(data.toString().trim());
    });
    socket.once('error', reject);
  });

describe('servers of a fault test', () => {
  let folder: string;
  let servers: TestServers;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'servers-'));
    servers = await startServers({ folder, which: ['redis'] });
  });
  afterAll(async () => {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers, is silent while frozen, and answers again', async () => {
    await expect(ping(servers.redis.url)).resolves.toBe('+PONG');
    servers.redis.pause();
    await expect(ping(servers.redis.url)).rejects.toThrow('no answer');
    servers.redis.resume();
    await expect(ping(servers.redis.url)).resolves.toBe('+PONG');
  });

  it('returns under the same address after a kill', async () => {
    await servers.redis.kill();
    await expect(ping(servers.redis.url)).rejects.toThrow('ECONNREFUSED');
    await servers.redis.start();
    await expect(ping(servers.redis.url)).resolves.toBe('+PONG');
  });

  it('refuses a second set in the same folder', async () => {
    await expect(startServers({ folder, which: ['redis'] })).rejects.toThrow(
      `${folder} is in use by process ${process.pid}`,
    );
  });

  it('has the addresses of the shared set in the environment', async () => {
    await expect(ping(process.env.TEST_REDIS_URL ?? '')).resolves.toBe('+PONG');
  });
});
