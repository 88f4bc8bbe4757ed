import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce, isInstalled } from './sources/cache.ts';
import { claimFolder, FolderInUse } from './claim-folder.ts';
import { tryLock } from './file-lock.ts';
import { ManagedProcess } from './managed-process.ts';
import { isRunning, recordProcess, statFields } from './process-identity.ts';
import { plainReporter } from './reporter.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'managed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sleeper = (
  script = 'setInterval(() => {}, 1000)',
  probe = async (): Promise<void> => undefined,
): ManagedProcess =>
  new ManagedProcess({
    name: 'sleeper',
    folder,
    command: process.execPath,
    args: ['-e', script],
    probe,
    readyWithinMs: 5_000,
    graceMs: 300,
  });

describe('a managed process', () => {
  it('that ends while starting fails the start with the last lines of its log', async () => {
    const never = (): Promise<void> => Promise.reject(new Error('not yet'));
    await expect(sleeper('console.log("no such disk"); process.exit(3)', never).start()).rejects.toThrow(
      /ended while starting \(exit code 3\)[\s\S]*no such disk/,
    );
  });

  it('that ends while starting shows the log of this start, and none when it was killed', async () => {
    const never = (): Promise<void> => Promise.reject(new Error('not yet'));
    await expect(sleeper('console.log("of the first start"); process.exit(3)', never).start()).rejects.toThrow(
      'of the first start',
    );
    await expect(sleeper('console.log("of the second start"); process.exit(4)', never).start()).rejects.toMatchObject({
      message: expect.not.stringContaining('of the first start'),
      what: 'sleeper ended while starting (exit code 4)',
      log: expect.stringContaining('of the second start'),
    });
    await expect(
      sleeper('console.log("innocent"); process.kill(process.pid, "SIGKILL")', never).start(),
    ).rejects.toMatchObject({ what: 'sleeper ended while starting (SIGKILL)', log: '' });
    await expect(sleeper('process.exit(5)', never).start()).rejects.toMatchObject({
      message: 'sleeper ended while starting (exit code 5)',
      log: '',
    });
  });

  it('that ignores SIGTERM is killed after the grace period', async () => {
    const isDeaf = (): void => expect(readFileSync(join(folder, 'logs', 'sleeper.log'), 'utf8')).toContain('deaf');
    const child = sleeper(
      'process.on("SIGTERM", () => console.log("heard")); setInterval(() => {}, 1000); console.log("deaf")',
      async () => isDeaf(),
    );
    await child.start();
    await child.stop();
    expect(child.pid).toBeNull();
    expect(readFileSync(child.logFile, 'utf8')).toBe('deaf\nheard\n');
  });

  it('reports an unexpected end, and no requested one', async () => {
    const child = sleeper();
    const ended = new Promise((resolve) => child.onUnexpectedExit(resolve));
    await child.start();
    process.kill(child.pid ?? 0, 'SIGKILL');
    await expect(ended).resolves.toBe('SIGKILL');
    const listener = jest.fn();
    child.onUnexpectedExit(listener);
    await child.start();
    await child.kill();
    expect(listener).not.toHaveBeenCalled();
  });
});

describe('a folder of servers', () => {
  it('has one owner at a time', async () => {
    const { release } = await claimFolder(folder);
    await expect(claimFolder(folder)).rejects.toThrow(FolderInUse);
    release();
    (await claimFolder(folder)).release();
  });

  it('ends the processes that a crashed owner left running, and no others', async () => {
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    const left = recordProcess(orphan.pid ?? 0);
    const other = recordProcess(stranger.pid ?? 0);
    mkdirSync(join(folder, 'processes'));
    writeFileSync(join(folder, 'processes', 'redis.json'), JSON.stringify(left));
    // A pid that another process has got since.
    writeFileSync(join(folder, 'processes', 'mail.json'), JSON.stringify({ ...other, identity: 'another boot:1' }));
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, identity: 'another boot:1' }));
    const { leftovers, release } = await claimFolder(folder);
    expect(leftovers).toEqual(['redis']);
    expect(isRunning(left)).toBe(false);
    expect(isRunning(other)).toBe(true);
    expect(readdirSync(join(folder, 'processes'))).toEqual([]);
    stranger.kill('SIGKILL');
    release();
  });

  it('is locked by exactly one of many processes that find a dead holder', () => {
    const file = join(folder, 'lock');
    writeFileSync(file, '{"pid":1,"identity":"gone"}');
    const outcomes = Array.from({ length: 5 }, () => tryLock(file));
    expect(outcomes.filter((outcome) => 'release' in outcome)).toHaveLength(1);
  });
});

describe('the cache', () => {
  const reporter = plainReporter(() => undefined);

  it('never accepts a partial installation', async () => {
    const target = join(folder, 'server-1');
    const failing = installOnce({
      folder: target,
      label: 'x',
      reporter,
      install: async (draft) => {
        writeFileSync(join(draft, 'binary'), 'half');
        throw new Error('connection lost');
      },
    });
    await expect(failing).rejects.toThrow('connection lost');
    expect(existsSync(target)).toBe(false);
    mkdirSync(target);
    writeFileSync(join(target, 'binary'), 'half');
    expect(isInstalled(target)).toBe(false);
    await installOnce({
      folder: target,
      label: 'x',
      reporter,
      install: async (draft) => writeFileSync(join(draft, 'binary'), 'whole'),
    });
    expect(readFileSync(join(target, 'binary'), 'utf8')).toBe('whole');
    expect(isInstalled(target)).toBe(true);
    expect(readdirSync(folder)).toEqual(['server-1']);
  });
});

it('reads the start time of a process whose name has spaces and brackets', () => {
  const fields = Array.from({ length: 30 }, (_, index) => String(index));
  expect(statFields(`42 (a ) b) S 1 77 ${fields.join(' ')}`)).toEqual({
    state: 'S',
    processGroup: 77,
    startTicks: '16',
  });
});
