import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, LOOPBACK } from '../../../scripts/embedded/ports';

/** Resolves to the first of `count` free ports on 127.0.0.1 that follow each other. */
export async function consecutivePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const others = Array.from({ length: count - 1 }, (_, index) => first + 1 + index);
    if ((await Promise.all(others.map(isFree))).every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, LOOPBACK), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
