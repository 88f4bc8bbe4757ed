import { execFile, spawn, type ExecFileException } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { flagsOf, type App } from './app.ts';

const run = promisify(execFile);
const VERSION_WITHIN_MS = 30_000;
/** `--check` limits itself to 10 s; a program that hangs does not. */
const CHECK_WITHIN_MS = 60_000;
const CHECK_ATTEMPTS = 8;
const CHECK_AGAIN_MS = 3000;
const TOO_LATE = /timed out|no response within/i;

/** The program that is to be released. */
export interface Candidate {
  /** The program and its first arguments. */
  command: readonly [string, ...string[]];
  version: string;
  buildId: string;
}

/** Reads version and build id from the program itself. @throws when it does not say them */
export async function readCandidate(command: Candidate['command']): Promise<Candidate> {
  const [program, ...args] = command;
  const { stdout } = await run(program, [...args, '--version'], {
    timeout: VERSION_WITHIN_MS,
    killSignal: 'SIGKILL',
  }).catch((error: ExecFileException) => {
    const words = error.stderr?.split('\n').find((line) => /error/i.test(line));
    throw new Error(`${[program, ...args].join(' ')} --version failed: ${words ?? error.signal ?? error.code}`);
  });
  const [, version, buildId] = /^(\S+) \(build ([0-9a-f]+)\)\n$/.exec(stdout) ?? [];
  if (version === undefined || buildId === undefined) throw new Error(`--version printed ${JSON.stringify(stdout)}`);
  return { command, version, buildId };
}

/**
 * Runs `--check` with the app's arguments and environment, and again while servers only answer too late for it, as they
 * do on a busy machine. Resolves to the failed lines of the last one; none when all is well.
 */
export async function checkApp(candidate: Candidate, app: App): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    const failed = await checkOnce(candidate, app);
    if (attempt === CHECK_ATTEMPTS || !failed.some((line) => TOO_LATE.test(line))) return failed;
    await setTimeout(CHECK_AGAIN_MS);
  }
}

async function checkOnce({ command: [program, ...args] }: Candidate, app: App): Promise<string[]> {
  const child = spawn(program, [...args, ...flagsOf(app), '--check'], {
    cwd: app.cwd,
    env: { ...process.env, ...app.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CHECK_WITHIN_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code === 0) return [];
  const failed = output.split('\n').filter((line) => line !== '' && !line.startsWith('ok '));
  return failed.length > 0 ? failed : [`it ended with ${signal ?? `exit code ${code}`}`];
}
