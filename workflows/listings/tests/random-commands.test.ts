import { listingTransitions } from '../../../src/domain/listings/listing';
import { statesOf, targetsOf } from '../../../src/domain/transitions';
import { openListingApi } from '../../../src/testing/random/listing-by-api';
import { listingSequences } from '../../../src/testing/random/listing-sequences';
import { runListingSequence } from '../../../src/testing/random/random-listings';
import { runSequences, sequenceCount, Tally } from '../../../src/testing/random/random-sequences';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';

const SEQUENCES = 60;
/** Each of these occurs five times or more in 60 sequences; a thousand reach every transition. */
const USUAL = [
  'draft → in_review',
  'draft → deleted',
  'in_review → live',
  'in_review → rejected',
  'live → suspended',
  'live → withdrawn',
  'suspended → live',
];
const ALL_FROM = 1000;

const arrows = statesOf(listingTransitions).flatMap((from) =>
  targetsOf(listingTransitions, from).map((to) => `${from} → ${to}`),
);

let api: Awaited<ReturnType<typeof openListingApi>>;
beforeAll(async () => {
  quietTemporal();
  api = await openListingApi();
});
afterAll(() => api?.close());

it(
  'random commands through the API, with reviews that run, lead where the model says',
  async () => {
    const began = Date.now();
    const visited = new Tally();
    const answers = new Tally();
    await runSequences({
      sequences: listingSequences({ maxMoves: 18 }),
      count: SEQUENCES,
      concurrency: 12,
      carryOut: (sequence) =>
        runListingSequence({
          sequence,
          open: (terms) => api.open(terms),
          visit: visited.count,
          answered: answers.count,
        }),
    });
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(1)} s\n${String(visited)}${String(answers)}`);
    if (sequenceCount(SEQUENCES) >= SEQUENCES) expect(visited.missing(USUAL)).toEqual([]);
    if (sequenceCount(SEQUENCES) >= ALL_FROM) expect(visited.missing(arrows)).toEqual([]);
  },
  420_000 + sequenceCount(SEQUENCES) * 6_000,
);
