import { loadSeeds } from '../growth/load-seeds.mjs';
import { spread } from '../measure-requests.mjs';

/** Payments of a round, of six events each. */
const PAYMENTS = 500;
const WARM_UP = 3;
const ROUNDS = 15;

/** Measures the CPU that counting an event takes: into buckets, and into a count a day as before, by turns. */
export async function measureConsumer({ root, results, mongodbUri }) {
  const { openSeeds } = await loadSeeds({ root, results, seeds: 'reports/seed-consumer.ts' });
  const seeds = await openSeeds({ uri: mongodbUri });
  try {
    const rounds = [];
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      const daily = await seeds.count({ consumer: 'daily', payments: PAYMENTS });
      const buckets = await seeds.count({ consumer: 'buckets', payments: PAYMENTS });
      if (round >= 0) rounds.push({ daily, buckets });
    }
    const of = (figure) => spread(rounds.map(figure));
    return {
      rounds: rounds.length,
      micros: { daily: of(({ daily }) => daily), buckets: of(({ buckets }) => buckets) },
      ratio: of(({ daily, buckets }) => buckets / daily),
    };
  } finally {
    await seeds.close();
  }
}
