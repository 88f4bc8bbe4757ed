import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimFolder, FolderInUse } from '../../../scripts/embedded/claim-folder';
import buildFirst from './build-first';
import { checkoutRoot, startServers, type TestServers } from './servers';

const ADDRESSES = [
  'TEST_MONGODB_URI',
  'TEST_TEMPORAL_ADDRESS',
  'TEST_REDIS_URL',
  'TEST_SMTP_URL',
  'TEST_MAIL_URL',
] as const;

declare global {
  /** Passed from jest's global set-up to its global tear-down, which run in one process. */
  var sharedTestServers: TestServers | undefined;
}

/**
 * Starts one set of real servers for all integration tests, on free ports, with new data; the addresses are in TEST_*.
 * Starts nothing for a developer who has exported all of TEST_*.
 * Builds the workflows first, so that tests run the bundle that ships.
 */
export default async function prepareSharedServers(): Promise<void> {
  const root = checkoutRoot(__dirname);
  buildFirst();
  // Part of the names of databases and namespaces, so that runs with shared servers do not collide.
  process.env.TEST_RUN = randomBytes(4).toString('hex');
  // Where the tests record the queries of the code; read and removed by scripts/checks/query-reporter.mjs.
  process.env.TEST_QUERIES = mkdtempSync(join(tmpdir(), 'partner-platform-queries-'));
  if (ADDRESSES.every((name) => process.env[name])) return;
  const base = join(root, '.platform-test');
  mkdirSync(base, { recursive: true });
  await removeDeadSets(base);
  const folder = join(base, `shared-${process.pid}`);
  const servers = await startServers({ folder });
  globalThis.sharedTestServers = servers;
  process.once('exit', servers.killNow);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  process.stderr.write(`Integration tests run on ${servers.mongodb.label}\n`);
  process.env.TEST_MONGODB_URI = servers.mongodb.uri;
  process.env.TEST_TEMPORAL_ADDRESS = servers.temporal.address;
  process.env.TEST_REDIS_URL = servers.redis.url;
  process.env.TEST_SMTP_URL = servers.mail.smtpUrl;
  process.env.TEST_MAIL_URL = servers.mail.webUrl;
}

/** Ends and removes the servers of killed runs; the sets of live runs stay. */
async function removeDeadSets(base: string): Promise<void> {
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    if (!existsSync(join(folder, 'owner.json')) && !existsSync(join(folder, 'processes'))) continue;
    try {
      await claimFolder(folder);
    } catch (error) {
      if (error instanceof FolderInUse) continue;
      throw error;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
