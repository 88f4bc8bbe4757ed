import { readFileSync } from 'node:fs';
import { variableNames } from '../../../config/variables';

/**
 * Returns false when the process is none that may be the primary of a cluster: the number came over HTTP, perhaps from
 * another machine or container. Returns true where the system does not tell.
 */
export function isPrimaryProcess(pid: number): boolean {
  if (read(process.pid, 'cmdline') === null) return true;
  const commandLine = read(pid, 'cmdline');
  // PM2 writes a title over the command line of what it runs in Node.
  return commandLine !== null && (commandLine.includes('--cluster') || commandLine.startsWith('node '));
}

/**
 * Returns the names of the variables that have another value in this environment than the process was started with;
 * none where the system does not tell.
 */
export function changedVariables({ pid, env }: { pid: number; env: NodeJS.ProcessEnv }): string[] {
  const started = read(pid, 'environ');
  if (started === null) return [];
  const before = new Map(
    started.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  // Set but empty counts as not set.
  return variableNames.filter((name) => (env[name] ?? '') !== (before.get(name) ?? ''));
}

function read(pid: number, file: 'cmdline' | 'environ'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
