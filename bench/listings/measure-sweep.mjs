import { billedActionsOf } from '../../src/testing/histories/billed-actions.ts';
import { explainedReads, reasonNotToTrust } from '../growth/explained-reads.mjs';
import { loadSeeds } from '../growth/load-seeds.mjs';
import { startQueueWorker } from '../growth/queue-worker.mjs';
import { spread } from '../measure-requests.mjs';

/** Live listings of which none is due, in the two parts of a ratio. */
const [FEW, MANY] = [10_000, 100_000];
/** Listings that end before each measured sweep. */
const DUE = 500;
const WARM_UP = 1;
const ROUNDS = 5;
/** Listings that end before the sweep whose actions are counted, and before the one whose reads are explained. */
const [LARGE, EXPLAINED] = [5000, 1000];
/** The actions of one workflow for each listing: its start, its timer and the activity that expires the listing. */
const ACTIONS_OF_ONE = 3;
/** Temporal Cloud bills each run of a schedule with two actions more, which are in no history. */
const ACTIONS_OF_SCHEDULE = 2;

/**
 * Measures a sweep by a worker that does nothing else, at 10,000 and at 100,000 live listings of which as many are due:
 * side by side, each with a database and a namespace of its own. Then, at the fewer, the actions of a sweep of 5,000
 * and of one that finds nothing, and what the reads of a sweep examine: a server takes long to explain them.
 */
export async function measureSweep({ startRole, root, results, mongodbUri, temporalAddress }) {
  const { openSeeds } = await loadSeeds({ root, results, seeds: 'listings/seed-listings.ts' });
  const start = { startRole, mongodbUri, temporalAddress, openSeeds };
  const platforms = [];
  try {
    platforms.push(...(await Promise.all([FEW, MANY].map((live) => startPlatform({ ...start, live })))));
    const [few, many] = platforms;
    for (const platform of platforms) await platform.seed();
    const idle = await Promise.all([few.idlePerMs(), many.idlePerMs()]);
    const rounds = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const [ofFew, ofMany] = [await few.measure(DUE, idle[0]), await many.measure(DUE, idle[1])];
      if (round >= 0) rounds.push({ few: ofFew, many: ofMany });
    }
    const { actions } = await few.sweepDue(LARGE);
    const nothing = await few.sweep();
    if (nothing.counts.expired + nothing.counts.ended !== 0) throw new Error('Something was due in an idle sweep');
    return {
      due: DUE,
      rounds: rounds.length,
      cpuMs: [
        { name: `${FEW} live`, ...spread(rounds.map(({ few: ms }) => ms)) },
        { name: `${MANY} live`, ...spread(rounds.map(({ many: ms }) => ms)) },
      ],
      cpuRatio: spread(rounds.map(({ few: base, many: ms }) => ms / base)),
      actions: {
        due: LARGE,
        sweep: actions.length + ACTIONS_OF_SCHEDULE,
        oneEach: LARGE * ACTIONS_OF_ONE,
        idle: nothing.actions.length + ACTIONS_OF_SCHEDULE,
      },
      explained: EXPLAINED,
      reads: (await few.explain(EXPLAINED)).map((read) => ({
        ...read,
        overExpired: { documents: read.documents / EXPLAINED, keys: read.keys / EXPLAINED },
      })),
      model: await reasonNotToTrust(few.uri),
    };
  } finally {
    for (const platform of platforms) await platform.end();
  }
}

async function startPlatform({ openSeeds, live, ...start }) {
  const name = `live_${live}`;
  const platform = await startQueueWorker({ ...start, name, queue: 'listings', schedule: 'listing-expiration' });
  const { worker, client, uri } = platform;
  const seeds = await openSeeds({ uri });
  const tenantId = await seeds.newTenant();
  const endDue = (count) => seeds.insertLive({ tenantId, count, publishedDaysAgo: 33, durationDays: 30, contentAt });
  let sweeps = 0;
  const sweep = async () => {
    const workflowId = `listingExpiration/bench-${(sweeps += 1)}`;
    const options = { workflowId, taskQueue: 'listings', args: [{ isScheduled: true }] };
    const handle = await client.workflow.start('listingExpiration', options);
    const counts = await handle.result();
    return { counts, actions: billedActionsOf((await handle.fetchHistory()).events) };
  };
  const sweepAll = async (due) => {
    const swept = await sweep();
    const { expired, ended } = swept.counts;
    if (expired !== due || ended !== due)
      throw new Error(`${due} were due, but a sweep counts ${JSON.stringify(swept.counts)}`);
    return swept;
  };

  return {
    uri,
    sweep,
    idlePerMs: () => platform.idlePerMs(),
    /** Writes the listings that stay live. A sweep has no use for them in the search index, which takes the longest. */
    seed: () =>
      seeds.insertLive({ tenantId, count: live, publishedDaysAgo: 1, durationDays: 60, contentAt, isIndexed: false }),
    /** Returns the CPU of a sweep in which so many listings end, without that of the idle worker. */
    async measure(due, idlePerMs) {
      await endDue(due);
      return platform.cpuMsOf(() => sweepAll(due), idlePerMs);
    },
    async sweepDue(due) {
      await endDue(due);
      return sweepAll(due);
    },
    /** Returns what the reads of a sweep examine. */
    async explain(due) {
      await endDue(due);
      return explainedReads(worker, () => sweepAll(due));
    },
    async end() {
      await seeds.close();
      await platform.end();
    },
  };
}

const NOUNS = ['bicycle', 'table', 'lamp', 'boat', 'piano', 'tent', 'camera', 'guitar'];

/** A listing of few words: their number is the same in a listing that is due and in one that is not. */
const contentAt = (index) => ({
  title: `Light ${NOUNS[index % NOUNS.length]}`,
  description: 'Ridden for two summers',
  category: 'things',
  ownerRef: `owner-${index % 1000}`,
});
