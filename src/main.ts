import { version } from '../package.json';
import { buildId } from './build-id';
import { helpText, readArguments } from './processes/read-arguments';
import { roles } from './processes/roles';

const USAGE = 2;

/**
 * Runs the role that the flags name. Exit code 2: the command line is wrong; 1: the start failed; 0: stopped by
 * request, or a query such as `--help` ended well.
 */
async function main(): Promise<void> {
  const invocation = readArguments(process.argv.slice(2));
  switch (invocation.kind) {
    case 'wrong':
      process.stderr.write(`${invocation.line}\n`);
      process.exitCode = USAGE;
      return;
    case 'help':
      process.stdout.write(helpText());
      return;
    case 'version':
      process.stdout.write(`${version} (build ${buildId})\n`);
      return;
    case 'check':
      return answer((await import('./processes/check')).checkRole, invocation);
    case 'probe':
      return answer((await import('./processes/admin/probe')).probeRole, invocation);
    case 'reload':
      return answer((await import('./processes/cluster/reload-cluster')).reloadCluster, invocation);
    case 'verify-ledger':
      return answer((await import('./processes/maintenance/verify-ledger')).verifyLedger, invocation);
    case 'verify-reports':
      return answer((await import('./processes/maintenance/verify-reports')).verifyReports, invocation);
    case 'rebuild-search':
      return answer((await import('./processes/maintenance/rebuild-search')).rebuildSearch, invocation);
    case 'run': {
      const { role, queues, clusterOf } = invocation;
      const input = { role, queues, clusterOf, version, buildId, env: process.env };
      if (clusterOf !== undefined) return (await import('./processes/cluster/run-cluster')).runCluster(input);
      const run = await roles[role]!.load(process.env);
      await run(input);
    }
  }
}

interface Surroundings {
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/** Runs a command that ends by itself; exit code 0 says that all is well. */
async function answer<Input>(command: (input: Input & Surroundings) => Promise<boolean>, input: Input): Promise<void> {
  const isWell = await command({
    ...input,
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  process.exit(isWell ? 0 : 1);
}

main().catch((error: unknown) => {
  // A boot that a signal ended is no failure; the shutdown under way decides the exit code.
  if (error instanceof Error && error.name === 'BootInterrupted') return;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
