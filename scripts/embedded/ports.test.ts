import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  busyLine,
  commandName,
  FREE_PORTS,
  freePort,
  listeningPorts,
  listeningSockets,
  LOOPBACK,
  pickPort,
  portOwner,
} from './ports.ts';

/** Listens on a random port that was given to nobody. */
function listenSomewhere(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    const listen = () => server.listen(randomInt(FREE_PORTS.from, FREE_PORTS.below), LOOPBACK);
    server.on('error', listen).once('listening', () => resolve(server));
    listen();
  });
}

describe('ports', () => {
  it('names the owner of a busy port and the port taken instead', () => {
    expect(busyLine({ port: 27017, owner: { pid: 123, command: 'mongod', processGroup: 123 }, instead: 27018 })).toBe(
      'port 27017 is used by mongod (pid 123); taking 27018',
    );
    expect(busyLine({ port: 27017, owner: null, instead: 27018 })).toBe(
      'port 27017 is used by another process; taking 27018',
    );
  });

  it('takes the next free port when the preferred one is busy or promised, and reports it', async () => {
    const server = createServer().listen(0, LOOPBACK);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const lines: string[] = [];
    const picked = await pickPort({ preferred: port, onBusy: (line) => lines.push(line), taken: new Set([port + 1]) });
    server.close();
    expect(picked).toBeGreaterThan(port + 1);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^port ${port} is used by \\S+ \\(pid ${process.pid}\\); taking ${picked}$`)),
    ]);
  });

  it.each([
    [6000, [], 6001, 'port 6000 is one that browsers never open; taking 6001'],
    [6664, [6664], 6670, 'port 6664 is used by another process; taking 6670'],
  ])(
    'takes none of those that browsers never open: for %d with %j promised %d',
    async (preferred, promised, port, line) => {
      const lines: string[] = [];
      // These ports may be in use on this machine, which is another line.
      const picked = await pickPort({ preferred, onBusy: (text) => lines.push(text), taken: new Set(promised) });
      if (picked === port) expect(lines).toEqual([line]);
      expect(picked).toBeGreaterThanOrEqual(port);
    },
  );

  it('names the last port there is', async () => {
    const taken = new Set([65_534, 65_535]);
    const picked = pickPort({ preferred: 65_534, onBusy: () => undefined, taken });
    await expect(picked).rejects.toThrow('Ports 65534 to 65535 are all in use');
  });

  it('takes any free port below the range of outgoing connections', async () => {
    const [listening, closed] = [await listenSomewhere(), await listenSomewhere()];
    const [busy, free] = [listening, closed].map((server) => (server.address() as AddressInfo).port);
    await new Promise((resolve) => closed.close(resolve));
    const all = Array.from({ length: 65_536 }, (_, port) => port);
    const picked = await pickPort({
      preferred: 0,
      onBusy: () => undefined,
      taken: new Set(all.filter((port) => port !== busy && port !== free)),
    });
    listening.close();
    expect(picked).toBe(free);
  });

  it('gives each port once, across processes, and none of outgoing connections', async () => {
    const own = await Promise.all(Array.from({ length: 300 }, () => freePort()));
    const script = `import { freePort } from ${JSON.stringify(join(__dirname, 'ports.ts'))};
      console.log(JSON.stringify(await Promise.all(Array.from({ length: 300 }, () => freePort()))));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '--eval',
      script,
    ]);
    const ports = [...own, ...(JSON.parse(stdout) as number[])];
    expect(new Set(ports).size).toBe(600);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('finds this process as the owner of its port, and nobody on a closed port', async () => {
    const server = createServer().listen(0, LOOPBACK);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(portOwner(port)?.pid).toBe(process.pid);
    if (process.platform === 'linux') expect(listeningPorts(process.pid)).toContain(port);
    await new Promise((resolve) => server.close(resolve));
    expect(portOwner(port)).toBeNull();
  });

  it('reads only listening sockets, not connections from or to their ports', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:6989 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:6989 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1',
      '   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1',
    ].join('\n');
    expect(listeningSockets(table)).toEqual([
      { port: 27_017, inode: '111' },
      { port: 8080, inode: '333' },
    ]);
  });

  it('names a process by its program, also when the process renamed itself', () => {
    expect(commandName('/usr/bin/node\0dist/main.js\0')).toBe('node');
    expect(commandName('redis-server 127.0.0.1:6379\0')).toBe('redis-server');
    expect(commandName('')).toBe('a process');
  });
});
