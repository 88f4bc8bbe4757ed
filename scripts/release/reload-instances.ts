import { clusterOf, flagsOf } from './app.ts';
import { listProcesses } from './pm2.ts';
import { untilReady } from './readiness.ts';
import { runCommand, type CommandFailed } from './run-command.ts';
import { readyWithinMs, Refused, type StageInput } from './stage.ts';

/**
 * Has the primary of a cluster (`--cluster`) replace its instances, and looks at the admin port of each. The primary
 * itself goes on with its earlier program until it is restarted.
 *
 * @throws Refused when one was not ready or has another build; those that were not replaced serve on
 */
export async function reloadInstances({ app, candidate, print }: StageInput): Promise<void> {
  const [primary] = await listProcesses(app.name);
  if (primary === undefined) throw new Refused(`${app.name} does not run`);
  const [program, ...args] = candidate.command;
  const env = { ...process.env, ...app.env };
  const command = [program, ...args, ...flagsOf(app), '--reload'] as const;
  const output = await runCommand({ command: [...command], cwd: app.cwd, env }).catch((error: CommandFailed) => {
    throw new Refused(error.stdout?.trim() || `${app.name} could not be reloaded: ${error.message}`);
  });
  for (const line of output.split('\n')) if (line.startsWith('note ')) print(`${app.name}: ${line}`);
  for (let number = 0; number < (clusterOf(app) ?? 0); number += 1) {
    const adminPort = primary.adminPort + number;
    // A new instance takes its port over only a moment after the previous one has ended.
    const fault = await untilReady({ adminPort, buildId: candidate.buildId, limitMs: readyWithinMs() });
    if (fault !== null) throw new Refused(`instance ${number} of ${app.name} cannot serve: ${fault}`);
    print(`${app.name} instance ${number}: ready with build ${candidate.buildId} at port ${adminPort}`);
  }
}
