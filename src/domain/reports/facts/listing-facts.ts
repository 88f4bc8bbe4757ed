/** The events of a listing that a report counts, with the name that each one has in a row. */
export const listingFactEvents = {
  'listing.created': 'created',
  'listing.submitted': 'submitted',
  'listing.approved': 'approved',
  'listing.rejected': 'rejected',
  'listing.renewed': 'renewed',
  'listing.republished': 'republished',
  'listing.reinstated': 'reinstated',
  'listing.expired': 'expired',
  'listing.withdrawn': 'withdrawn',
  'listing.suspended': 'suspended',
} as const satisfies Record<string, string>;

export type ListingFactType = keyof typeof listingFactEvents;
export type ListingFactName = (typeof listingFactEvents)[ListingFactType];

/** The events that can begin or end that buyers see a listing. */
export const showingEvents = [
  'listing.approved',
  'listing.renewed',
  'listing.republished',
  'listing.reinstated',
  'listing.expired',
  'listing.withdrawn',
  'listing.suspended',
] as const satisfies readonly ListingFactType[];

export const decisionEvents = ['listing.approved', 'listing.rejected'] as const satisfies readonly ListingFactType[];

/** The part of an event of a listing that a report reads. */
export interface ListingEvent {
  type: string;
  /** The state of the listing after the event. */
  state: string;
  version: number;
  /** Business time. */
  at: Date;
  data: { reviewer?: unknown; reason?: unknown };
}

/** One event of a listing, with what the events before it say about it. */
export interface ListingFact {
  event: ListingFactName;
  at: Date;
  /** 1 where buyers see the listing from here on, -1 where they see it no more, otherwise 0. */
  change: -1 | 0 | 1;
  /** Set for a decision: a person, the automated checks, or the settings of a partner whose reviewers were silent. */
  decidedBy: 'person' | 'checks' | 'silence' | null;
  /** The code of a rejection or a withdrawal. */
  reason: string | null;
  /** Whole seconds from the submission to the decision, rounded down; null for an event that is no decision. */
  decisionSeconds: number | null;
}

const isOneOf = (types: readonly string[], { type }: ListingEvent): boolean => types.includes(type);

/**
 * Returns a function that returns the fact that an event of one listing is. It must be called with every event of
 * `listingFactEvents` of that listing, in the order of their versions: of the events before it keeps only what the next
 * one needs, because a listing may have any number of them.
 */
export function followListing(): (event: ListingEvent) => ListingFact {
  let isShown = false;
  let submittedAt: Date | null = null;
  return (event) => {
    const { type, state, at, data } = event;
    const wasShown = isShown;
    if (isOneOf(showingEvents, event)) isShown = state === 'live';
    const isDecision = isOneOf(decisionEvents, event);
    const decidedAfterMs = isDecision && submittedAt ? at.getTime() - submittedAt.getTime() : null;
    if (type === 'listing.submitted') submittedAt = at;
    const hasCode = type === 'listing.rejected' || type === 'listing.withdrawn';
    return {
      event: listingFactEvents[type as ListingFactType],
      at,
      change: (Number(isShown) - Number(wasShown)) as ListingFact['change'],
      decidedBy: isDecision ? deciderOf(data) : null,
      reason: hasCode && typeof data.reason === 'string' ? data.reason : null,
      decisionSeconds: decidedAfterMs === null ? null : Math.max(0, Math.floor(decidedAfterMs / 1000)),
    };
  };
}

function deciderOf({ reviewer, reason }: ListingEvent['data']): NonNullable<ListingFact['decidedBy']> {
  if (typeof reviewer === 'string') return 'person';
  // No rule of the checks rejects for another reason.
  return reason === 'other' ? 'silence' : 'checks';
}
