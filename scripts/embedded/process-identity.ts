import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one that got the same pid: when it was started, and in which boot of the machine.
 * Null when no such process runs (a zombie counts as gone).
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
 * Fields of /proc/<pid>/stat (proc(5)); the command name may hold spaces and brackets, so counting starts behind its
 * last one.
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

/** A process as remembered in a file, to be recognised after a crash of whoever wrote it. */
export interface ProcessRecord {
  pid: number;
  identity: string;
}

/** @throws when the process has already ended. */
export function recordProcess(pid: number): ProcessRecord {
  const identity = processIdentity(pid);
  if (identity === null) throw new Error(`Process ${pid} ended before it could be recorded`);
  return { pid, identity };
}

/** Whether exactly the recorded process (not another one under its pid) still runs. */
export function isRunning({ pid, identity }: ProcessRecord): boolean {
  return processIdentity(pid) === identity;
}
