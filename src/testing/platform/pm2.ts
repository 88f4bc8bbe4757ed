import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutRoot } from '../servers/servers';

const run = promisify(execFile);
const root = checkoutRoot(__dirname);
const bin = join(root, 'node_modules/.bin');

export interface Pm2Process {
  id: number;
  pid: number;
  name: string;
  status: string;
  adminPort: number;
}

export interface OpenPm2Input {
  /** Holds the ecosystem file and the program, and PM2's own data. */
  folder: string;
  /** Given to everything that PM2 starts. */
  environment: NodeJS.ProcessEnv;
  /** The first admin port of each app. */
  adminPorts: Record<string, number>;
  /** Defaults to `ecosystem.config.js`. */
  ecosystem?: 'ecosystem.config.js' | 'ecosystem.binary.config.js';
}

/** Returns a PM2 of its own. */
export function openPm2({ folder, environment, adminPorts, ecosystem = 'ecosystem.config.js' }: OpenPm2Input) {
  const ecosystemFile = join(folder, 'test.config.js');
  const withPort = '({ ...app, env: { ...app.env, ADMIN_PORT: String(ports[app.name]) } })';
  writeFileSync(
    ecosystemFile,
    `const ports = ${JSON.stringify(adminPorts)};
    module.exports = { apps: require('./${ecosystem}').apps.map((app) => ${withPort}) };`,
  );
  const home = join(folder, 'pm2');
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const env = { ...environment, PM2_HOME: home, PATH: `${bin}:${process.env.PATH}` };
  const options = { cwd: folder, env, maxBuffer: 64 * 2 ** 20 };
  return {
    async start(...apps: string[]): Promise<void> {
      await run(join(bin, 'pm2'), ['start', ecosystemFile, '--only', apps.join(',')], options);
    },
    /** Ends everything that it has started, and itself. */
    async kill(): Promise<void> {
      await run(join(bin, 'pm2'), ['kill'], options);
    },
    /** Resolves to all processes with the name. */
    async list(name: string): Promise<Pm2Process[]> {
      const { stdout } = await run(join(bin, 'pm2'), ['jlist'], options);
      const json = stdout.split('\n').findLast((line) => line.startsWith('[')) ?? '[]';
      type Listed = {
        pm_id: number;
        pid: number;
        name: string;
        pm2_env: { status: string; NODE_APP_INSTANCE: number; ADMIN_PORT: string };
      };
      return (JSON.parse(json) as Listed[])
        .filter((process) => process.name === name)
        .map(({ pm_id: id, pid, pm2_env: { status, NODE_APP_INSTANCE: number, ADMIN_PORT: port } }) => ({
          id,
          pid,
          name,
          status,
          adminPort: Number(port) + number,
        }));
    },
    /** Runs `npm run release` with the ecosystem file of the folder, and with another RELOAD_READY_MS where given. */
    async release(
      { readyWithinMs }: { readyWithinMs?: number },
      ...args: string[]
    ): Promise<{ code: number; output: string }> {
      const limit = readyWithinMs === undefined ? {} : { RELOAD_READY_MS: String(readyWithinMs) };
      const command = [join(root, 'scripts/release.ts'), '--config', ecosystemFile, ...args];
      try {
        return {
          code: 0,
          output: (await run(join(bin, 'node'), command, { ...options, env: { ...env, ...limit } })).stdout,
        };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, output: `${stdout}${stderr}` };
      }
    },
  };
}
