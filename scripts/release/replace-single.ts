import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../embedded/ports.ts';
import { flagsOf, type App } from './app.ts';
import type { Candidate } from './candidate.ts';
import { listProcesses, restartApp } from './pm2.ts';
import { ENDED, untilReady } from './readiness.ts';
import { readyWithinMs, Refused, untilServing, type StageInput } from './stage.ts';
import { TRIAL } from './trial.ts';

/**
 * Replaces the one process of the simulated gateway. Two may not share its ledger, so it is restarted; its callers
 * repeat what failed meanwhile. Before that the candidate has to become ready on other ports, with a copy of the
 * ledger.
 *
 * @throws Refused when it did not, or when the restarted process is not ready
 */
export async function replaceSingle({ app, candidate, ecosystemFile, print }: StageInput): Promise<void> {
  const fault = await tryOut(app, candidate);
  if (fault !== null) throw new Refused(`the new ${app.name} cannot serve: ${fault}`);
  await restartApp(ecosystemFile, app);
  const [restarted] = await listProcesses(app.name);
  const late = restarted === undefined ? 'it does not run' : await untilServing(restarted, candidate);
  if (late !== null) throw new Refused(`${app.name} was restarted, but ${late}`);
  print(`${app.name} ${restarted?.id}: ready with build ${candidate.buildId} at admin port ${restarted?.adminPort}`);
}

/** `config/variables` has the same. */
export const DEFAULT_DATA_DIR = '.platform/sandbox';
const LEDGER = 'ledger.jsonl';
/** As many of a candidate's last characters on its error stream are repeated. */
const MAX_WORDS = 1000;

/** A last line that is copied before it is whole is cut off by its reader. */
async function copyLedger(app: App, folder: string): Promise<void> {
  const dataDir = app.env.SANDBOX_DATA_DIR || process.env.SANDBOX_DATA_DIR || DEFAULT_DATA_DIR;
  await copyFile(resolve(app.cwd, dataDir, LEDGER), join(folder, LEDGER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Resolves to null when the candidate becomes ready beside the process that runs, or else to the reason. */
async function tryOut(app: App, { command: [program, ...args], buildId }: Candidate): Promise<string | null> {
  const ledger = await mkdtemp(join(tmpdir(), 'release-sandbox-'));
  await copyLedger(app, ledger);
  const adminPort = await freePort();
  const trial = spawn(program, [...args, ...flagsOf(app)], {
    cwd: app.cwd,
    env: {
      ...process.env,
      ...app.env,
      // What the copy has not delivered is the running process's to deliver.
      ...TRIAL,
      ADMIN_PORT: String(adminPort),
      SANDBOX_DATA_DIR: ledger,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  trial.stderr.on('data', (part: Buffer) => (words = `${words}${part.toString()}`.slice(-MAX_WORDS)));
  const ended = once(trial, 'close');
  const pid = async () => (trial.exitCode === null && trial.signalCode === null ? (trial.pid ?? null) : null);
  try {
    const fault = await untilReady({ adminPort, buildId, pid, limitMs: readyWithinMs() });
    if (fault !== ENDED) return fault;
    await ended;
    return words.trim() === '' ? fault : `${fault} and said: ${words.trim()}`;
  } finally {
    if ((await pid()) !== null) trial.kill('SIGKILL');
    await ended;
    await rm(ledger, { recursive: true, force: true });
  }
}
