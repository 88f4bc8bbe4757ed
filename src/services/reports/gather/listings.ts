import type { EventType } from '../../../contracts/events';
import {
  decisionEvents,
  followListing,
  listingFactEvents,
  showingEvents,
  type ListingEvent,
  type ListingFact,
  type ListingFactType,
} from '../../../domain/reports/facts/listing-facts';
import { Tally, type Count } from '../../../domain/reports/facts/tally';
import { figuresOf } from '../../../domain/reports/figures/figures-of';
import { listingFigures } from '../../../domain/reports/figures/listing-figures';
import {
  addBeforeWindow,
  addListingFact,
  computedListingFigures,
  secondListingPass,
} from '../../../domain/reports/figures/listing-fold';
import type { Row } from '../../../domain/reports/report-content';
import type { Event } from '../../../models/event';
import type { GatherScope, Gatherer, SectionGatherer } from './gatherer';
import { slicesOf } from './in-slices';
import { countEvents, readEvents, type ReadEventsInput } from './read-events';
import { readInStages, type ReadStage } from './read-in-stages';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type ListingsState = { counts: readonly Count[] };

const types = Object.keys(listingFactEvents) as ListingFactType[] satisfies EventType[];

/** Before the first event. */
const EVER = new Date(0);

const boundsOf = ({ window: { startAt, endAt } }: Pick<GatherScope, 'window'>) => ({
  from: new Date(startAt),
  to: new Date(endAt),
});

/**
 * Reads the changes of what buyers see from the first ever, for the listings that are live at the start; then the
 * window twice: for its rows and counts, and for exact percentiles.
 */
const listings: SectionGatherer<ListingsState> = {
  start: () => ({ counts: [] }),

  async readPage({ after, limit, state, ...scope }) {
    const tally = Tally.of(state.counts);
    const bounds = boundsOf(scope);
    const rows: Row[] = [];
    const before: ReadStage = (page) =>
      readFacts({ scope, types: showingEvents, from: EVER, to: bounds.from, ...page }, (_listingId, fact) =>
        addBeforeWindow(tally, fact),
      );
    const first: ReadStage = (page) =>
      readFacts({ scope, types, ...bounds, ...page }, (listingId, fact) => {
        addListingFact(tally, fact);
        rows.push(rowOf(listingId, fact));
      });
    const second: ReadStage = (page) => {
      const addDecision = secondListingPass(tally);
      return readFacts({ scope, types: decisionEvents, ...bounds, ...page }, (_listingId, fact) => addDecision(fact));
    };
    const page = await readInStages({ stages: [before, first, second], after, limit });
    return { rows, after: page.after, state: { counts: tally.counts() } };
  },

  contentOf: ({ counts }) => ({
    figures: figuresOf({
      definitions: listingFigures,
      tally: Tally.of(counts),
      currencies: [],
      computed: computedListingFigures,
    }),
    series: [],
  }),
};

type TakeFact = (listingId: string, fact: ListingFact) => void;
type EventOfListing = Pick<Event, '_id' | 'entityId'>;
type StoredEvent = ListingEvent & EventOfListing;

/** Events that are in memory at a time. */
const BATCH = 1000;

/** Reads events of listings, type by type in the order of time, each with what the events before it say about it. */
async function readFacts(input: Omit<ReadEventsInput, 'take'>, take: TakeFact) {
  const read: EventOfListing[] = [];
  const page = await readEvents({ ...input, take: ({ _id, entityId }) => read.push({ _id, entityId }) });
  const facts = await findFacts(input.scope, read);
  for (const { _id, entityId } of read) {
    const fact = facts.get(_id);
    if (fact) take(entityId, fact);
  }
  return page;
}

const projection = { entityId: 1, type: 1, state: 1, version: 1, at: 1, 'data.reviewer': 1, 'data.reason': 1 } as const;

/**
 * Returns the facts of some events by their ids. Every counted event of their listings is read for that, in the order
 * of the index and one at a time: a partner may withdraw and republish one listing a hundred thousand times.
 */
async function findFacts(
  { database, tenantId }: Pick<GatherScope, 'database' | 'tenantId'>,
  read: readonly EventOfListing[],
): Promise<Map<string, ListingFact>> {
  const wanted = new Set(read.map(({ _id }) => _id));
  const facts = new Map<string, ListingFact>();
  for (const ids of slicesOf([...new Set(read.map(({ entityId }) => entityId))])) {
    const follow = new Map(ids.map((id) => [id, followListing()]));
    const events = database.models.events
      .find({ tenantId, entityId: { $in: ids }, type: { $in: types } }, projection)
      .sort({ entityId: 1, version: 1 })
      .lean<StoredEvent[]>()
      .cursor({ batchSize: BATCH });
    for await (const event of events) {
      const fact = follow.get(event.entityId)!(event);
      if (wanted.has(event._id)) facts.set(event._id, fact);
    }
  }
  return facts;
}

const rowOf = (listingId: string, { event, at, change, decidedBy, reason, decisionSeconds }: ListingFact): Row => [
  listingId,
  event,
  at.toISOString(),
  change,
  decidedBy,
  reason,
  decisionSeconds,
];

/** Counts the rows by the index, one type after the other. */
async function countRows(scope: GatherScope): Promise<number> {
  const bounds = boundsOf(scope);
  const counts = await Promise.all(types.map((type) => countEvents({ scope, type, ...bounds })));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Reads the report `listings`. */
export const listingsGatherer: Gatherer = { countRows, sections: { listings } };
