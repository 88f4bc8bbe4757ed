import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process.ts';
import { LOOPBACK } from './ports.ts';
import { plainReporter } from './reporter.ts';
import { acceptsConnections, startOnFreePorts } from './server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'server-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a server whose first attempt fails with this error. Returns the number of attempts. */
async function startAfter(firstError: string): Promise<number> {
  let attempts = 0;
  const create = ([port = 0]: number[]): ManagedProcess => {
    attempts += 1;
    const script =
      attempts === 1
        ? `console.error(${JSON.stringify(firstError)}); process.exit(1)`
        : `require('node:net').createServer().listen(${port}, '${LOOPBACK}')`;
    return new ManagedProcess({
      name: 'server',
      folder,
      command: process.execPath,
      args: ['-e', script],
      probe: () => acceptsConnections(port),
      readyWithinMs: 10_000,
      graceMs: 1000,
    });
  };
  const context = { root: folder, cache: folder, env: {}, reporter: plainReporter(() => undefined) };
  const input = {
    context,
    folder,
    wellKnownPorts: false,
    taken: new Set<number>(),
    processes: new Set<ManagedProcess>(),
  };
  const started = await startOnFreePorts({ input, name: 'Server', preferred: [0], create });
  await started.process.stop();
  return attempts;
}

describe('a server', () => {
  it('that lost one of its own ports to another process is started again', async () => {
    const long = 'could not build arguments for function '.repeat(20);
    expect(await startAfter(`${long}: listen tcp 127.0.0.1:41234: bind: address already in use`)).toBe(2);
  });

  it('that cannot start for another reason is not started again, and reports the reason', async () => {
    await expect(startAfter('no such disk')).rejects.toThrow(/no such disk/);
  });
});
