// The main program of `npm start`; scripts/start.mjs checks the flags, installs the packages and starts this on Node
// 24.
import { join, resolve } from 'node:path';
import { FolderInUse } from './embedded/claim-folder.ts';
import type { EmbeddedServers } from './embedded/servers.ts';
import { banner } from './platform/banner.ts';
import { Platform } from './platform/platform.ts';
import { ownPortsOf } from './platform/process-list.ts';
import { readRunFile } from './platform/run-file.ts';
import { loadSecrets } from './platform/secrets-file.ts';
import { onShutDownRequest } from './platform/shut-down-signals.ts';
import { explainStartFailure } from './platform/start-failure.ts';
import { createTerminal } from './platform/terminal.ts';
import { wantedPorts } from './platform/wanted-ports.ts';
import { watchSources } from './platform/watch-sources.ts';
import { runTour } from './tour.ts';

// Files of this platform, those of its servers included, are for their owner alone.
process.umask(0o077);

const root = join(import.meta.dirname, '..');
/** The folder of data, logs, secrets and run.json. Another folder is another platform beside this one. */
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
    terminal.line('Ended by force; no acknowledged data is lost.');
    process.exit(1);
  },
});
process.once('exit', () => platform.killNow());

try {
  await platform.claim();
  if (flags.has('--servers-only')) printAddresses(await platform.startServers());
  else await startAll();
} catch (error) {
  if (!platform.isStopping) {
    terminal.line(error instanceof FolderInUse ? alreadyRunning(error) : `Cannot start: ${explainStartFailure(error)}`);
    await endWith(1);
  }
}

async function startAll(): Promise<void> {
  const begun = performance.now();
  // First, so that a damaged file or a wrong port is reported before anything starts.
  loadSecrets(join(folder, 'state.json'), process.env);
  wantedPorts(process.env);
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
  const address =
    run === null ? 'and is still starting or runs only the servers' : `at ${run.api}, Swagger UI ${run.docs}`;
  return `Already running in this folder (pid ${pid}) ${address}. Stop that one first (Ctrl-C there, or: kill ${pid}).`;
}

function printAddresses(servers: EmbeddedServers): void {
  const { mongodb, redis, temporal, mail } = servers;
  const rows = {
    MONGODB_URI: mongodb?.addresses.uri,
    REDIS_URL: redis?.addresses.url,
    TEMPORAL_ADDRESS: temporal?.addresses.address,
    TEMPORAL_UI_URL: temporal?.addresses.uiUrl,
    SMTP_URL: mail?.addresses.smtpUrl,
    MAIL_WEB_URL: mail?.addresses.webUrl,
    EGRESS_OWN_PORTS: ownPortsOf(servers).join(','),
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
