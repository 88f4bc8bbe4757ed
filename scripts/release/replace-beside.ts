import { listProcesses, removeProcess, removeRestless, startBeside } from './pm2.ts';
import { Refused, untilServing, type StageInput } from './stage.ts';

/**
 * Replaces the processes of an app one by one: another one is started beside those that run, is ready with the
 * candidate's build at its own admin port, and only then does one of the previous drain and end.
 *
 * @throws Refused at the first that is not ready; it is removed, and the previous ones that are left serve on
 */
export async function replaceBeside({ app, candidate, print }: StageInput): Promise<void> {
  const previous = await listProcesses(app.name);
  for (let started = 0; started < app.instances; started += 1) {
    const next = await startBeside(app);
    const fault = await untilServing(next, candidate);
    if (fault !== null) {
      await removeRestless(next);
      throw new Refused(`the new ${app.name} (PM2's ${next.id}) cannot serve: ${fault}`);
    }
    print(`${app.name} ${next.id}: ready with build ${candidate.buildId} at admin port ${next.adminPort}`);
    const old = previous.shift();
    if (old === undefined) continue;
    await removeProcess(old);
    print(`${app.name} ${old.id}: drained and ended`);
  }
  // There were more than the ecosystem file has.
  for (const old of previous) {
    await removeProcess(old);
    print(`${app.name} ${old.id}: drained and ended`);
  }
}
