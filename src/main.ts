import { version } from '../package.json';
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
      process.stdout.write(`${version}\n`);
      return;
    case 'check': {
      const { checkRole } = await import('./processes/check');
      process.exit(
        (await checkRole({
          role: invocation.role,
          queues: invocation.queues,
          env: process.env,
          print: (line) => process.stdout.write(`${line}\n`),
        }))
          ? 0
          : 1,
      );
      return;
    }
    case 'verify-ledger': {
      const { verifyLedger } = await import('./processes/verify-ledger');
      process.exit(
        (await verifyLedger({ env: process.env, print: (line) => process.stdout.write(`${line}\n`) })) ? 0 : 1,
      );
      return;
    }
    case 'rebuild-search': {
      const { rebuildSearch } = await import('./processes/rebuild-search');
      process.exit(
        (await rebuildSearch({ env: process.env, print: (line) => process.stdout.write(`${line}\n`) })) ? 0 : 1,
      );
      return;
    }
    case 'run': {
      const run = await roles[invocation.role]!.load();
      await run({ role: invocation.role, queues: invocation.queues, version, env: process.env });
    }
  }
}

main().catch((error: unknown) => {
  // A boot that a signal ended is no failure; the shutdown under way decides the exit code.
  if (error instanceof Error && error.name === 'BootInterrupted') return;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
