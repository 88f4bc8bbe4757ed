import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Returns the identity that distinguishes a process from a later one with the same pid: its start time and the boot of
 * the machine. Null when the process does not run (a zombie counts as gone).
 */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? linuxIdentity(pid) : posixIdentity(pid);
}

function linuxIdentity(pid: number): string | null {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields.state === 'Z' || fields.state === 'X' ? null : `${boot}:${fields.startTicks}`;
  } catch {
    return null;
  }
}

/**
 * Returns fields of /proc/<pid>/stat (proc(5)). The command name may contain spaces and brackets, so counting starts
 * after the last bracket.
 */
export function statFields(stat: string): { state: string; processGroup: number; startTicks: string } {
  const [state = '', , group = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, processGroup: Number(group), startTicks: rest[16] ?? '' };
}

function posixIdentity(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/** A process as recorded in a file, which identifies the process after a crash of the writer. */
export interface ProcessRecord {
  pid: number;
  identity: string;
}

/** Returns the record of a process. @throws when the process has already ended. */
export function recordProcess(pid: number): ProcessRecord {
  const identity = processIdentity(pid);
  if (identity === null) throw new Error(`Process ${pid} ended before it could be recorded`);
  return { pid, identity };
}

/** Returns true when the recorded process, and not another one with its pid, still runs. */
export function isRunning({ pid, identity }: ProcessRecord): boolean {
  return processIdentity(pid) === identity;
}

/** Returns the record in a file; null when the file is missing, damaged or of another kind. */
export function readProcessRecord(file: string): ProcessRecord | null {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<keyof ProcessRecord, unknown>>;
    const isRecord = Number.isSafeInteger(pid) && Number(pid) > 1 && typeof identity === 'string';
    return isRecord ? { pid: Number(pid), identity } : null;
  } catch {
    return null;
  }
}
