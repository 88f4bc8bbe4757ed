import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endRecordedProcess } from './leftovers.ts';
import { recordProcess } from './process-identity.ts';
import { moveIfLarge, sizeOf } from './log-file.ts';
import { within } from './within.ts';

const MAX_LOG_BYTES = 20 * 1024 * 1024;
const LOG_CHECK_MS = 10_000;

export interface ManagedProcessInput {
  name: string;
  /** Contains `logs/<name>.log` and the record of the running process, `processes/<name>.json`. */
  folder: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Resolves when the process serves its own protocol; called repeatedly until then. */
  probe: () => Promise<unknown>;
  readyWithinMs: number;
  /** Milliseconds that SIGTERM may take before the whole group is killed. */
  graceMs: number;
  /** Size above which the log is moved to `<name>.log.1`, also while the process runs. Defaults to 20 MiB. */
  maxLogBytes?: number;
}

/**
 * A process ended, or never answered, before it was ready: `what` describes the failure in one line, and `log` has the
 * last lines of the log when they may contain the reason.
 */
export class StartFailed extends Error {
  readonly what: string;
  readonly log: string;

  constructor({ what, log }: { what: string; log: string }) {
    super(what + log);
    this.what = what;
    this.log = log;
  }
}

/**
 * One child in its own process group, which can be started, probed, paused, stopped, and found again after a crash of
 * the parent.
 */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  private readonly input: ManagedProcessInput;
  private readonly recordFile: string;
  private child: ChildProcess | null = null;
  private exited: Promise<string> = Promise.resolve('never started');
  /** Position in the log file at which the log of this child starts. */
  private logStartsAtByte = 0;
  private stopping = false;
  private exitListeners: ((how: string) => void)[] = [];

  constructor(input: ManagedProcessInput) {
    this.input = input;
    this.name = input.name;
    this.logFile = join(input.folder, 'logs', `${input.name}.log`);
    this.recordFile = join(input.folder, 'processes', `${input.name}.json`);
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Calls the listener when the process ends unexpectedly; `how` is "exit code 1" or "SIGKILL". */
  onUnexpectedExit(listener: (how: string) => void): void {
    this.exitListeners.push(listener);
  }

  /**
   * Ends the process of this name that a crashed run left, starts a new one and resolves when the probe succeeds.
   */
  async start(): Promise<void> {
    if (this.child !== null) throw new Error(`${this.name} already runs (pid ${this.pid})`);
    await endRecordedProcess(this.recordFile);
    this.spawn();
    await this.untilReady();
  }

  /** Stops the process in order, then by force. Resolves when the process is gone; has no effect without a process. */
  async stop({ graceMs = this.input.graceMs } = {}): Promise<void> {
    if (this.child === null) return;
    this.stopping = true;
    this.signalGroup('SIGCONT');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.signalGroup('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Sends SIGKILL to the whole group, as a crash. Resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.child === null) return;
    this.stopping = true;
    this.signalGroup('SIGKILL');
    await this.exited;
  }

  /** Kills a process that no longer responds; to the listeners this is an unexpected exit. */
  killUnresponsive(): void {
    this.signalGroup('SIGKILL');
  }

  /** Kills the group immediately, for process 'exit' handlers, which cannot await. */
  killNow(): void {
    this.stopping = true;
    this.signalGroup('SIGKILL');
  }

  /** Freezes the process: sockets stay open and nothing answers. */
  pause(): void {
    this.signalGroup('SIGSTOP');
  }

  resume(): void {
    this.signalGroup('SIGCONT');
  }

  private spawn(): void {
    const { command, args, env = {}, cwd } = this.input;
    mkdirSync(dirname(this.logFile), { recursive: true });
    this.limitLog();
    const log = openSync(this.logFile, 'a');
    this.logStartsAtByte = sizeOf(this.logFile);
    const logCheck = setInterval(() => this.limitLog(), LOG_CHECK_MS).unref();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    this.stopping = false;
    if (child.pid !== undefined) this.writeRecord(child.pid);
    this.exited = new Promise((resolve) => {
      const ended = (how: string): void => {
        if (this.child !== child) return;
        // The leader is gone, but a surviving descendant would hold ports and data.
        killGroup(child.pid, 'SIGKILL');
        rmSync(this.recordFile, { force: true });
        clearInterval(logCheck);
        this.child = null;
        resolve(how);
        if (!this.stopping) for (const listener of this.exitListeners) listener(how);
      };
      child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
      child.once('error', (error) => ended(error.message));
    });
  }

  /** Moves the content of a log that is too large to `<name>.log.1`. The process goes on writing to the same file. */
  limitLog(): void {
    const { maxLogBytes = MAX_LOG_BYTES } = this.input;
    if (moveIfLarge({ file: this.logFile, maxBytes: maxLogBytes })) this.logStartsAtByte = 0;
  }

  private async untilReady(): Promise<void> {
    const { probe, readyWithinMs } = this.input;
    const deadline = performance.now() + readyWithinMs;
    const child = this.child;
    let reason = 'no answer';
    while (performance.now() < deadline) {
      if (this.child !== child || child === null) {
        const how = await this.exited;
        // A process killed from outside has logged no reason.
        throw new StartFailed({
          what: `${this.name} ended while starting (${how})`,
          log: how === 'SIGKILL' ? '' : this.lastLogLines(),
        });
      }
      try {
        await within(probe(), 5_000);
        // A foreign process may have answered on a lost port, so the answer counts only while the child runs.
        if (this.child === child) return;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await this.kill();
    throw new StartFailed({
      what: `${this.name} was not ready within ${readyWithinMs / 1000} s: ${reason}`,
      log: this.lastLogLines(),
    });
  }

  private writeRecord(pid: number): void {
    mkdirSync(dirname(this.recordFile), { recursive: true });
    try {
      writeFileSync(this.recordFile, JSON.stringify(recordProcess(pid)));
    } catch {
      // The process ended immediately; the exit handler reports it.
    }
  }

  private lastLogLines(): string {
    const own = readFileSync(this.logFile).subarray(this.logStartsAtByte).toString('utf8').trimEnd();
    if (own === '') return '';
    const lines = own.split('\n').slice(-5);
    // A long line has its cause at the end.
    const brief = (line: string): string => (line.length <= 300 ? line : `${line.slice(0, 150)} … ${line.slice(-150)}`);
    return `\n  last lines of ${this.logFile}:\n${lines.map((line) => `    ${brief(line)}`).join('\n')}`;
  }

  private signalGroup(signal: NodeJS.Signals): void {
    killGroup(this.child?.pid, signal);
  }
}

function killGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // The group is gone.
  }
}
