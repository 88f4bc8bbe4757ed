import { loadSeeds } from '../growth/load-seeds.mjs';
import { startQueueWorker } from '../growth/queue-worker.mjs';
import { spread } from '../measure-requests.mjs';

/** Schedules of which none is due, in the two parts of a ratio. */
const [FEW, MANY] = [1000, 100_000];
/** Sweeps that are measured together: one takes little. */
const SLICE = 20;
const WARM_UP = 2;
const ROUNDS = 7;

/**
 * Measures a sweep of schedules that finds none due, by a worker that does nothing else, at 1,000 and at 100,000
 * schedules: side by side, each with a database and a namespace of its own.
 */
export async function measureSchedules({ startRole, root, results, mongodbUri, temporalAddress }) {
  const { openSeeds } = await loadSeeds({ root, results, seeds: 'reports/seed-reports.ts' });
  const start = { startRole, mongodbUri, temporalAddress };
  const platforms = [];
  try {
    for (const count of [FEW, MANY]) {
      const own = { name: `schedules_${count}`, queue: 'reports', schedule: 'report-schedules' };
      const platform = await startQueueWorker({ ...start, ...own });
      platforms.push(platform);
      const seeds = await openSeeds({ uri: platform.uri });
      await seeds.insertSchedules(count);
      await seeds.close();
    }
    const [few, many] = platforms;
    const idle = await Promise.all([few.idlePerMs(), many.idlePerMs()]);
    const rounds = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const cpuMsOf = async (platform, idlePerMs) =>
        (await platform.cpuMsOf(() => sweep(platform.client, round), idlePerMs)) / SLICE;
      const [ofFew, ofMany] = [await cpuMsOf(few, idle[0]), await cpuMsOf(many, idle[1])];
      if (round >= 0) rounds.push({ few: ofFew, many: ofMany });
    }
    return {
      rounds: rounds.length,
      schedules: { few: FEW, many: MANY },
      cpuMs: { few: spread(rounds.map(({ few: ms }) => ms)), many: spread(rounds.map(({ many: ms }) => ms)) },
      cpuRatio: spread(rounds.map(({ few: base, many: ms }) => ms / base)),
    };
  } finally {
    for (const platform of platforms) await platform.end();
  }
}

async function sweep(client, round) {
  for (let number = 0; number < SLICE; number += 1) {
    const workflowId = `reportSchedules/bench-${round}-${number}`;
    const options = { workflowId, taskQueue: 'reports', args: [{ isScheduled: true }] };
    const accepted = await client.workflow.execute('reportSchedules', options);
    if (accepted !== 0) throw new Error(`${accepted} reports were accepted by a sweep of schedules that are not due`);
  }
}
