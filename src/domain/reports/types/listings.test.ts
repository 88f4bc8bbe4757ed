import { followListing, type ListingEvent, type ListingFact } from '../facts/listing-facts';
import { Tally } from '../facts/tally';
import { figuresOf } from '../figures/figures-of';
import { addBeforeWindow, addListingFact, computedListingFigures, secondListingPass } from '../figures/listing-fold';
import { listingsReport } from './listings';

const START_MS = Date.parse('2026-04-01T00:00:00Z');
const MINUTE_MS = 60_000;

type Happened = [minute: number, name: string, state: string, reviewer?: string];

/** Returns the facts of a listing. The minutes count from the start of the window. */
function listing(...all: Happened[]): ListingFact[] {
  const history = all.map(([minute, name, state, reviewer], index): ListingEvent => ({
    type: `listing.${name}`,
    state,
    version: index + 1,
    at: new Date(START_MS + minute * MINUTE_MS),
    data: { reviewer: reviewer ?? null },
  }));
  return history.map(followListing());
}

function tallyOf(facts: readonly ListingFact[]): Tally {
  const tally = new Tally();
  const inWindow = facts.filter(({ at }) => at.getTime() >= START_MS);
  for (const fact of facts) if (!inWindow.includes(fact)) addBeforeWindow(tally, fact);
  for (const fact of inWindow) addListingFact(tally, fact);
  inWindow.forEach(secondListingPass(tally));
  return tally;
}

const submitted: Happened[] = [
  [0, 'created', 'draft'],
  [1, 'submitted', 'in_review'],
];
const publishedBefore: Happened[] = [[-9, 'approved', 'live']];
const created = [listing([0, 'created', 'draft']), listing(...submitted), listing(...submitted)];
const decided = [
  listing(...submitted, [2, 'approved', 'live', 'mona']),
  listing(...submitted, [2, 'approved', 'live']),
  listing(...submitted, [2, 'approved', 'live']),
  listing(...submitted, [2, 'rejected', 'rejected', 'mona']),
];
const decidedAfterMinutes = Array.from({ length: 10 }, (_, index) =>
  listing(...submitted, [2 + index, index % 2 ? 'approved' : 'rejected', index % 2 ? 'live' : 'rejected']),
);
const twoBefore = [listing(...publishedBefore, [5, 'expired', 'expired']), listing(...publishedBefore)];
const life = [
  listing(
    ...publishedBefore,
    [1, 'expired', 'expired'],
    [2, 'renewed', 'live'],
    [3, 'withdrawn', 'withdrawn'],
    [4, 'republished', 'live'],
    [5, 'suspended', 'suspended'],
    [6, 'reinstated', 'live'],
  ),
];

/** The listings of each definition's example. */
const given: Record<string, ListingFact[][]> = {
  listings_created: created,
  listings_submitted: created,
  listings_approved: decided,
  listings_rejected: decided,
  listings_approved_share: decided,
  listing_decision_median: decidedAfterMinutes,
  listing_decision_p90: decidedAfterMinutes,
  listings_live_start: twoBefore,
  listings_went_live: life,
  listings_went_off: life,
  listings_live_end: twoBefore,
  listings_renewed: [
    listing(...publishedBefore, [1, 'renewed', 'live']),
    listing(...publishedBefore, [1, 'expired', 'expired'], [2, 'renewed', 'live']),
  ],
  listings_republished: life,
  listings_reinstated: life,
  listings_expired: life,
  listings_withdrawn: [
    listing(...publishedBefore, [1, 'withdrawn', 'withdrawn']),
    listing(...submitted, [2, 'withdrawn', 'draft']),
  ],
  listings_suspended: life,
};

const figuresFor = (facts: readonly ListingFact[]) =>
  figuresOf({
    definitions: listingsReport.figures,
    tally: tallyOf(facts),
    currencies: [],
    computed: computedListingFigures,
  });

it.each(listingsReport.figures.map((definition) => [definition.id, definition] as const))(
  'the example of %s comes out as it says',
  (id, { example }) => {
    const figure = figuresFor(given[id]!.flat()).find((one) => one.id === id && one.by === null);
    expect(String(figure!.value)).toBe(example.value);
  },
);

it('what buyers came and ceased to see is broken down by what did it, and decisions by whom', () => {
  const parts = (facts: ListingFact[][], id: string) =>
    figuresFor(facts.flat())
      .filter((one) => one.id === id && one.by !== null)
      .map(({ by, value }) => [by, value]);
  expect(parts(life, 'listings_went_live')).toEqual([
    ['reinstated', 1],
    ['renewed', 1],
    ['republished', 1],
  ]);
  expect(parts(life, 'listings_went_off')).toEqual([
    ['expired', 1],
    ['suspended', 1],
    ['withdrawn', 1],
  ]);
  expect(parts(decided, 'listings_approved')).toEqual([
    ['checks', 2],
    ['person', 1],
  ]);
});

it('a share and a median over no decision are nothing, not 0', () => {
  const figures = figuresFor(created.flat());
  const valueOf = (name: string) => figures.find(({ id }) => id === name)!.value;
  expect(valueOf('listings_approved_share')).toBeNull();
  expect(valueOf('listing_decision_median')).toBeNull();
});
