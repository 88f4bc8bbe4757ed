import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../testing/wait-for';

/** A primary and two instances, of which one is made to stand still and then to end. */
const SCRIPT = `
import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { answerLeaving, PRIMARY_PID, rotationOf } from ${JSON.stringify(join(__dirname, 'rotation.ts'))};
const say = (text) => process.stdout.write(text + '\\n');
if (cluster.isPrimary) {
  const workers = [0, 1].map(() => cluster.fork({ [PRIMARY_PID]: String(process.pid) }));
  workers.forEach(answerLeaving);
} else {
  const server = createServer((connection) => connection.end('served'));
  server.listen({ host: '127.0.0.1', port: 0 }, () => say('listening ' + server.address().port + ' ' + process.pid));
  process.on('SIGUSR2', async () => {
    say('busy');
    while (!existsSync(process.argv[2])) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    server.close();
    await rotationOf(process.env)();
    process.exit();
  });
}`;

let folder: string;
let primary: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotation-'));
});
afterAll(() => {
  primary?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

it('a connection that is handed to an instance while it ends is served by another one', async () => {
  const [script, goOn] = [join(folder, 'script.mjs'), join(folder, 'go-on')];
  writeFileSync(script, SCRIPT);
  primary = spawn(process.execPath, [script, goOn], { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  primary.stdout!.on('data', (part: Buffer) => (printed += part.toString()));
  const seen = (pattern: RegExp, count = 1) =>
    waitFor(() => (printed.match(pattern) ?? []).length >= count, { what: String(pattern), everyMs: 10 });

  await seen(/^listening/gm, 2);
  const [, port, pid] = /^listening (\d+) (\d+)$/m.exec(printed)!;
  process.kill(Number(pid), 'SIGUSR2');
  await seen(/^busy$/gm);
  let served = 0;
  for (let count = 0; count < 4; count += 1)
    connect({ host: '127.0.0.1', port: Number(port) }).on('data', () => (served += 1));
  // The primary waits for the instance's word on the one that it has handed to it.
  await waitFor(() => served === 3, { what: 'the other instance to serve the others', everyMs: 10 });
  writeFileSync(goOn, '');
  await waitFor(() => served === 4, { what: 'the last connection to be served', timeoutMs: 60_000, everyMs: 10 });
});
