import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface RunCommandInput {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  timeoutMs: number;
  /** Called with the last line of each chunk of output. */
  onLine?: (line: string) => void;
}

/** A failed command with its whole output. */
export class CommandFailed extends Error {
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.name = 'CommandFailed';
    this.output = output;
  }
}

/** Runs a command to its end and returns the output. @throws CommandFailed when it fails or takes too long. */
export function runCommand({ command, args, env, cwd, timeoutMs, onLine }: RunCommandInput): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const last = chunk
        .toString()
        .trim()
        .split(/[\r\n]+/)
        .at(-1);
      if (last) onLine?.(last);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const tail = output.trim().split('\n').slice(-3).join(' | ').slice(-400);
      return reject(
        new CommandFailed(
          `${command} ended with ${signal ?? `exit code ${code}`}${tail === '' ? '' : `: ${tail}`}`,
          output.trim(),
        ),
      );
    });
  });
}

/** Returns the full path of an executable on PATH, or null. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
