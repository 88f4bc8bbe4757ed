import type { ListingFact, ListingFactName } from '../facts/listing-facts';
import { addExactly, addToBuckets, quantileOf, wantedBuckets } from '../facts/quantiles';
import type { Tally } from '../facts/tally';
import { shareOf, type ComputeFigure } from './figures-of';

const ranks = { median: 0.5, p90: 0.9 } as const;
const DECISION = 'listing_decision';

/** The figure in which each event is counted, so that every row is in one. */
const figureOf: Readonly<Record<ListingFactName, string>> = {
  created: 'listings_created',
  submitted: 'listings_submitted',
  approved: 'listings_approved',
  rejected: 'listings_rejected',
  renewed: 'listings_renewed',
  republished: 'listings_republished',
  reinstated: 'listings_reinstated',
  expired: 'listings_expired',
  withdrawn: 'listings_withdrawn',
  suspended: 'listings_suspended',
};

/** Counts a change that is dated before the window: the listings that are live at its start. */
export const addBeforeWindow = (tally: Tally, { change }: ListingFact): void =>
  tally.add({ id: 'listings_live_start' }, change);

/** First pass over the facts of the window. */
export function addListingFact(tally: Tally, { event, change, decidedBy, decisionSeconds }: ListingFact): void {
  const id = figureOf[event];
  tally.add({ id });
  if (decidedBy !== null) tally.add({ id, by: decidedBy });
  if (change !== 0) {
    const flow = change > 0 ? 'listings_went_live' : 'listings_went_off';
    tally.add({ id: flow });
    tally.add({ id: flow, by: event });
  }
  if (decisionSeconds !== null) addToBuckets(tally, DECISION, decisionSeconds);
}

/**
 * Returns the second pass over the decisions of the window, which counts the times that a percentile may be. Begins
 * once the first pass has ended.
 */
export function secondListingPass(tally: Tally): (fact: ListingFact) => void {
  const wanted = wantedBuckets(tally, DECISION, Object.values(ranks));
  return ({ decisionSeconds }) => {
    if (decisionSeconds !== null) addExactly(tally, DECISION, decisionSeconds, wanted);
  };
}

const valueIn = (tally: Tally, id: string): number => tally.valueOf({ id });

/** The figures of listings that are not counted, by id. */
export const computedListingFigures: Readonly<Record<string, ComputeFigure>> = {
  listings_approved_share: (tally) => {
    const approved = valueIn(tally, 'listings_approved');
    return shareOf(approved, approved + valueIn(tally, 'listings_rejected'));
  },
  listings_live_end: (tally) =>
    valueIn(tally, 'listings_live_start') + valueIn(tally, 'listings_went_live') - valueIn(tally, 'listings_went_off'),
  listing_decision_median: (tally) => quantileOf(tally, DECISION, ranks.median),
  listing_decision_p90: (tally) => quantileOf(tally, DECISION, ranks.p90),
};
