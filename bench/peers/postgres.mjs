import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess } from '../../scripts/embedded/managed-process.ts';
import { acceptsConnections, startOnFreePorts } from '../../scripts/embedded/server.ts';
import { onPath, runCommand } from '../../scripts/embedded/sources/run-command.ts';
import { MissingPeer } from './missing-peer.mjs';

/** Users as whom a server may run that refuses to be root's. */
const USERS = ['postgres', 'nobody'];
const PREFERRED_PORT = 5432;
const COMMAND_WITHIN_MS = 60_000;

/**
 * Starts the PostgreSQL on PATH, with its defaults, on a free port of 127.0.0.1, and with its data in a temporary
 * folder that is removed when this process ends. Resolves to its URL, label and process.
 *
 * @throws MissingPeer without PostgreSQL, or where it cannot run
 */
export async function startPostgres({ folder, processes, reporter }) {
  const [postgres, initdb] = ['postgres', 'initdb'].map((name) => {
    const command = onPath(name, process.env);
    if (command === null) throw new MissingPeer(`PostgreSQL's ${name} is not on PATH`);
    return command;
  });
  const user = await userOfServer();
  // Below the system's folder for temporary files, because another user may not enter the checkout.
  const data = mkdtempSync(join(tmpdir(), 'bench-postgres-'));
  process.once('exit', () => rmSync(data, { recursive: true, force: true, maxRetries: 3 }));
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(data, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of user === null ? [] : [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const cluster = join(data, 'cluster');
  await run(
    as(user, [
      initdb,
      ['--pgdata', cluster],
      ['--username', 'bench', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ['--encoding', 'UTF8', '--no-locale'],
    ]),
  );
  const label = (await run({ command: postgres, args: ['--version'] })).trim();
  const create = ([port]) =>
    new ManagedProcess({
      name: 'postgres',
      folder,
      ...as(user, [postgres, ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', '']]),
      cwd: data,
      probe: () => acceptsConnections(port),
      readyWithinMs: 30_000,
      graceMs: 10_000,
    });
  const { process: server, ports } = await startOnFreePorts({
    input: { context: { reporter }, folder, wellKnownPorts: false, taken: new Set(), processes },
    name: 'PostgreSQL',
    preferred: [PREFERRED_PORT],
    create,
  });
  return { url: `postgres://bench:${password}@127.0.0.1:${ports[0]}/postgres`, label, process: server };
}

/** Returns null for the user of this process, or the user who takes root's place. @throws MissingPeer */
async function userOfServer() {
  if (process.getuid?.() !== 0) return null;
  if (onPath('setpriv', process.env) === null)
    throw new MissingPeer('PostgreSQL does not run as root, and setpriv is not on PATH');
  for (const name of USERS) {
    const ids = ['-u', '-g'].map((flag) =>
      runCommand({ command: 'id', args: [flag, name], timeoutMs: COMMAND_WITHIN_MS }),
    );
    const [uid, gid] = await Promise.all(ids).catch(() => []);
    if (gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new MissingPeer(`PostgreSQL does not run as root, and there is no user ${USERS.join(' or ')}`);
}

/** Returns a command with its arguments, run as the user. */
function as(user, [command, ...options]) {
  const args = options.flat();
  if (user === null) return { command, args };
  const ids = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', '--'];
  return { command: 'setpriv', args: [...ids, command, ...args] };
}

async function run({ command, args }) {
  try {
    return await runCommand({ command, args, cwd: '/', timeoutMs: COMMAND_WITHIN_MS });
  } catch (error) {
    throw new MissingPeer(error.message);
  }
}
