import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunCommandInput {
  command: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
  cwd?: string;
}

/** Thrown when a command ended otherwise than with exit code 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly stdout: string;
  constructor(message: string, stdout: string) {
    super(message);
    this.stdout = stdout;
  }
}

/**
 * Runs a command to its end in a session of its own, which the Ctrl-C of a terminal does not reach. Resolves to its
 * output.
 *
 * @throws CommandFailed
 */
export async function runCommand({ command: [program, ...args], env, cwd }: RunCommandInput): Promise<string> {
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output.stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (output.stderr += part));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code === 0) return output.stdout;
  const reason = output.stderr.trim() || `it ended with ${signal ?? `exit code ${code}`}`;
  throw new CommandFailed(`${[program, ...args].join(' ')}: ${reason}`, output.stdout);
}
