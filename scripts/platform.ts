// What `npm start` becomes once everything is installed (scripts/start.mjs checks the flags and hands over to this on
// Node 24).
import { join, resolve } from 'node:path';
import { FolderInUse } from './embedded/claim-folder.ts';
import type { EmbeddedServers } from './embedded/servers.ts';
import { banner } from './platform/banner.ts';
import { Platform } from './platform/platform.ts';
import { readRunFile } from './platform/run-file.ts';
import { onShutDownRequest } from './platform/shut-down-signals.ts';
import { createTerminal } from './platform/terminal.ts';
import { watchSources } from './platform/watch-sources.ts';
import { runTour } from './tour.ts';

const root = join(import.meta.dirname, '..');
/** Data, logs, secrets and run.json; another folder is another platform, beside this one. */
const folder = resolve(root, process.env.PLATFORM_DIR || '.platform');
const flags = new Set(process.argv.slice(2));
const terminal = createTerminal(process.stdout);
const platform = new Platform({ root, folder, env: process.env, terminal });

onShutDownRequest({
  onFirst: () => {
    terminal.line('');
    void endWith(0);
  },
  onSecond: () => {
    platform.killNow();
    terminal.line('Ended by force; the next start finds everything that was acknowledged.');
    process.exit(1);
  },
});
process.once('exit', () => platform.killNow());

try {
  await platform.claim();
  if (flags.has('--servers-only')) sayAddresses(await platform.startServers());
  else await startAll();
} catch (error) {
  if (!platform.isStopping) {
    terminal.line(
      error instanceof FolderInUse
        ? alreadyRunning(error)
        : `Cannot start: ${error instanceof Error ? error.message : String(error)}`,
    );
    await endWith(1);
  }
}

async function startAll(): Promise<void> {
  const begun = performance.now();
  const outcomes = await Promise.allSettled([platform.startServers(), platform.build()]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [servers] = outcomes;
  if (platform.isStopping || servers.status !== 'fulfilled') return;
  const run = await platform.startProduct(servers.value);
  terminal.line(`Ready in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  if (!flags.has('--no-tour') && !flags.has('--watch'))
    await runTour({ run, terminal, isStopping: () => platform.isStopping });
  if (platform.isStopping) return;
  terminal.line(banner(run, terminal.bold));
  if (flags.has('--watch')) watchSources(root, () => platform.rebuild());
}

async function endWith(code: number): Promise<void> {
  await platform.stop().catch((error: unknown) => terminal.line(String(error)));
  process.exit(code);
}

function alreadyRunning({ pid }: FolderInUse): string {
  const run = readRunFile(join(folder, 'run.json'));
  const where =
    run === null ? 'and is still starting or serves only the servers' : `at ${run.api}, Swagger UI ${run.docs}`;
  return `Already running in this folder (pid ${pid}) ${where}. Stop that one first (Ctrl-C there, or: kill ${pid}).`;
}

function sayAddresses({ mongodb, redis, temporal, mail }: EmbeddedServers): void {
  const rows = {
    MONGODB_URI: mongodb?.addresses.uri,
    REDIS_URL: redis?.addresses.url,
    TEMPORAL_ADDRESS: temporal?.addresses.address,
    TEMPORAL_UI_URL: temporal?.addresses.uiUrl,
    SMTP_URL: mail?.addresses.smtpUrl,
    MAIL_WEB_URL: mail?.addresses.webUrl,
  };
  terminal.line(
    [
      '',
      terminal.bold('The servers are up.'),
      ...Object.entries(rows).flatMap(([name, value]) => (value ? [`  export ${name}='${value}'`] : [])),
      '',
      'Ctrl-C stops them.',
      '',
    ].join('\n'),
  );
}
