import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot } from '../servers/servers';
import { waitFor } from '../wait-for';
import { consecutivePorts } from './consecutive-ports';

export interface StartClusterInput {
  /** The program's file. */
  program: string;
  instances: number;
  environment: NodeJS.ProcessEnv;
  logFile: string;
}

interface Readiness {
  status: string;
  pid: number;
}

const root = checkoutRoot(__dirname);
const node = join(root, 'node_modules/.bin/node');

/** Starts `--role api --cluster N` in a process group of its own. Resolves when all instances are ready. */
export async function startCluster({ program, instances, environment, logFile }: StartClusterInput) {
  const adminPort = await consecutivePorts(instances + 1);
  const env = { ...environment, ADMIN_PORT: String(adminPort) };
  const flags = ['--role', 'api', '--cluster', String(instances)];
  const primary = spawn(node, [program, ...flags], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  let output = '';
  for (const stream of [primary.stdout, primary.stderr])
    stream.on('data', (part: Buffer) => {
      output += part.toString();
      log.write(part);
    });
  const exited = once(primary, 'exit') as Promise<[number | null]>;
  /** Reads the readiness of an instance, or after the last that of the primary. */
  const readiness = async (number: number): Promise<Readiness> => {
    const url = `http://127.0.0.1:${adminPort + number}/readyz`;
    const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3000) });
    return (await response.json()) as Readiness;
  };
  const isReady = async (number: number) => ['ready', 'degraded'].includes((await readiness(number)).status);
  const untilReady = () =>
    waitFor(
      async () => {
        for (let number = 0; number <= instances; number += 1) if (!(await isReady(number))) return false;
        return true;
      },
      { what: `all instances to be ready (${logFile})` },
    );
  const end = async (): Promise<void> => {
    if (primary.exitCode === null && primary.signalCode === null) process.kill(-primary.pid!, 'SIGKILL');
    await exited;
  };
  await Promise.race([untilReady(), exited.then(() => Promise.reject(new Error(output)))]);
  return {
    pid: primary.pid!,
    exited,
    output: () => output,
    readiness,
    untilReady,
    /** Resolves to the process ids of the instances by their numbers. */
    pids: () => Promise.all(Array.from({ length: instances }, async (_, number) => (await readiness(number)).pid)),
    /** Runs `--reload` of the built program to its end, whatever program the instances are. */
    async reload(): Promise<{ code: number; stdout: string }> {
      const child = spawn(node, [join(root, 'dist/main.js'), ...flags, '--reload'], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, stdout };
    },
    end,
  };
}
