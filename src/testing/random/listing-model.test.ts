import { openListingByDomain } from './listing-by-domain';
import { listingSequences } from './listing-sequences';
import { runListingSequence } from './random-listings';
import { runSequences, sequenceCount, Tally } from './random-sequences';
import { statesOf, targetsOf } from '../../domain/transitions';
import { listingTransitions } from '../../domain/listings/listing';

const SEQUENCES = 1000;

const arrows = statesOf(listingTransitions).flatMap((from) =>
  targetsOf(listingTransitions, from).map((to) => `${from} → ${to}`),
);

it('1,000 random sequences of commands lead where the model says, and visit every transition', async () => {
  const visited = new Tally();
  const answers = new Tally();
  await runSequences({
    sequences: listingSequences({ maxMoves: 24 }),
    count: SEQUENCES,
    concurrency: 1,
    carryOut: (sequence) =>
      runListingSequence({ sequence, open: openListingByDomain, visit: visited.count, answered: answers.count }),
  });
  process.stderr.write(`${String(visited)}${String(answers)}`);
  // The rarest transition occurs once in 55 sequences: 1,000 miss it once in 10⁷ seeds, and the seed is fixed.
  if (sequenceCount(SEQUENCES) >= SEQUENCES) expect(visited.missing(arrows)).toEqual([]);
});
