import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess } from '../embedded/managed-process.ts';
import { restartDelayMs, supervise } from './supervise.ts';

it('doubles the wait before each start in a row, up to half a minute', () => {
  expect([1, 2, 3, 7, 8, 50].map(restartDelayMs)).toEqual([500, 1_000, 2_000, 30_000, 30_000, 30_000]);
});

it('reports the end of a process in one line, and restarts it after growing waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  const [died, up] = [join(folder, 'died'), join(folder, 'up')];
  // The first restart is killed while it starts.
  const script = `const fs = require('node:fs'); const file = ${JSON.stringify(died)}; console.log('{"level":30}');
    if (fs.existsSync(file)) { fs.rmSync(file); process.kill(process.pid, 'SIGKILL'); }
    fs.writeFileSync(${JSON.stringify(up)}, ''); setInterval(() => {}, 1000);`;
  const probe = async (): Promise<void> => {
    if (!existsSync(up)) throw new Error('It is not up yet');
  };
  const worker = new ManagedProcess({
    name: 'worker',
    folder,
    command: process.execPath,
    args: ['-e', script],
    probe,
    readyWithinMs: 60_000,
    graceMs: 300,
  });
  const lines: string[] = [];
  try {
    await worker.start();
    const isBack = new Promise<void>((resolve) =>
      supervise({
        process: worker,
        print: (line) => void lines.push(line),
        onRestarted: resolve,
        isStopping: () => false,
      }),
    );
    // The process has been up for a minute when it dies.
    const realNow = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => realNow() + 61_000);
    writeFileSync(died, '');
    rmSync(up);
    process.kill(worker.pid ?? 0, 'SIGKILL');
    await isBack;
    expect(lines).toEqual([
      'worker ended (SIGKILL); starting it again in 0.5 s',
      'worker ended while starting (SIGKILL); starting it again in 1 s',
      `worker is up again (pid ${worker.pid})`,
    ]);
  } finally {
    jest.restoreAllMocks();
    await worker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

it('ends and restarts a process that runs but no longer responds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  const worker = new ManagedProcess({
    name: 'worker',
    folder,
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000);'],
    probe: async () => undefined,
    readyWithinMs: 60_000,
    graceMs: 300,
  });
  const lines: string[] = [];
  try {
    await worker.start();
    const frozen = worker.pid;
    await new Promise<void>((resolve) =>
      supervise({
        process: worker,
        requireAlive: async () => {
          if (worker.pid === frozen) throw new Error('frozen');
        },
        checkEveryMs: 10,
        print: (line) => void lines.push(line),
        onRestarted: resolve,
        isStopping: () => false,
      }),
    );
    expect(lines).toEqual([
      'worker does not respond (6 checks in a row); ending it',
      'worker ended (SIGKILL); starting it again in 0.5 s',
      `worker is up again (pid ${worker.pid})`,
    ]);
  } finally {
    await worker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

it('ends a process once, however long that takes', async () => {
  const killUnresponsive = jest.fn();
  const frozen = { name: 'worker', pid: 7, onUnexpectedExit: () => undefined, killUnresponsive };
  const lines: string[] = [];
  let checks = 0;
  await new Promise<void>((resolve) =>
    supervise({
      process: frozen as unknown as ManagedProcess,
      requireAlive: async () => {
        checks += 1;
        if (checks === 20) resolve();
        throw new Error('frozen');
      },
      checkEveryMs: 1,
      print: (line) => void lines.push(line),
      onRestarted: () => undefined,
      isStopping: () => checks >= 20,
    }),
  );
  expect(killUnresponsive).toHaveBeenCalledTimes(1);
  expect(lines).toHaveLength(1);
});

it('moves a log that grows too large aside while its process goes on writing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  const writer = new ManagedProcess({
    name: 'writer',
    folder,
    command: process.execPath,
    args: ['-e', "setInterval(() => console.log('a line of the log'), 5);"],
    probe: async () => undefined,
    readyWithinMs: 60_000,
    graceMs: 300,
    maxLogBytes: 100,
  });
  const untilLogHas = async (bytes: number): Promise<void> => {
    while (statSync(writer.logFile).size < bytes) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  try {
    await writer.start();
    await untilLogHas(200);
    writer.limitLog();
    expect(statSync(`${writer.logFile}.1`).size).toBeGreaterThanOrEqual(200);
    await untilLogHas(18);
    expect(readFileSync(writer.logFile, 'utf8')).toMatch(/^a line of the log\n/);
  } finally {
    await writer.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
