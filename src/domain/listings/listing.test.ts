import * as fc from 'fast-check';
import { DomainError } from '../domain-error';
import { canTransition, statesOf, targetsOf, terminalStates } from '../transitions';
import {
  listingCommands,
  listingStateAt,
  listingStates,
  listingTransitions,
  moveByCommand,
  ownerKeyOf,
  refKeyOf,
  type CommandedListing,
  type ListingCommand,
} from './listing';

it('has no state that nothing leads to, and ends deleted', () => {
  const reached = statesOf(listingTransitions).flatMap((state) => targetsOf(listingTransitions, state));
  expect([...new Set(['draft', ...reached])].sort()).toEqual(statesOf(listingTransitions).sort());
  // An expired listing lives again by a renewal.
  expect(terminalStates(listingTransitions)).toEqual(['expired', 'deleted']);
});

it('is found by its owner, whose two kinds never share a key', () => {
  expect(ownerKeyOf({ ownerUserId: null, ownerRef: null })).toBeNull();
  const [user, ref] = [
    ownerKeyOf({ ownerUserId: 'x', ownerRef: null }),
    ownerKeyOf({ ownerUserId: null, ownerRef: 'x' }),
  ];
  expect([user, ref]).toEqual(['user:x', 'ref:x']);
});

it('shares its key with a listing of the same ref, and with no other', () => {
  const ref = fc.option(fc.oneof(fc.constantFrom('a', 'id:lst_1', 'lst_1', 'ref:a'), fc.string({ minLength: 1 })));
  const listing = fc.record({ id: fc.constantFrom('lst_1', 'lst_2'), ref });
  fc.assert(
    fc.property(listing, listing, (one, other) => {
      const isSame =
        one.ref === null || other.ref === null ? one.ref === other.ref && one.id === other.id : one.ref === other.ref;
      expect(refKeyOf(one) === refKeyOf(other)).toBe(isSame);
    }),
  );
});

const now = new Date('2027-01-10T12:00:00Z');
const [later, earlier] = [new Date('2027-01-11T00:00:00Z'), new Date('2027-01-10T00:00:00Z')];
const base: CommandedListing = { state: 'draft', expiresAt: null, hasDraft: true, isReviewed: false };
/** A listing in each state, as its row of the table needs it; `over` is live in the store and past its time. */
const rows = {
  draft: base,
  rejected: { ...base, state: 'rejected' },
  in_review: { ...base, state: 'in_review', isReviewed: true },
  live: { ...base, state: 'live', expiresAt: later, hasDraft: false },
  'live, edited': { ...base, state: 'live', expiresAt: later },
  'live, edited and submitted': { ...base, state: 'live', expiresAt: later, isReviewed: true },
  over: { ...base, state: 'live', expiresAt: earlier },
  expired: { ...base, state: 'expired', expiresAt: earlier },
  withdrawn: { ...base, state: 'withdrawn', expiresAt: later, hasDraft: false },
  'withdrawn, edited': { ...base, state: 'withdrawn', expiresAt: later },
  'withdrawn and over': { ...base, state: 'withdrawn', expiresAt: earlier, hasDraft: false },
  suspended: { ...base, state: 'suspended', expiresAt: later },
  'suspended and over': { ...base, state: 'suspended', expiresAt: earlier },
} as const satisfies Record<string, CommandedListing>;

/** The state after each command, or the code of its refusal: submit, withdraw, republish, suspend, reinstate. */
const outcomes: Record<keyof typeof rows, [string, string, string, string, string]> = {
  draft: ['in_review', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  rejected: ['in_review', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  in_review: ['LISTING_IN_REVIEW', 'draft', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  live: ['NOTHING_TO_SUBMIT', 'withdrawn', 'ILLEGAL_STATE', 'suspended', 'ILLEGAL_STATE'],
  'live, edited': ['live', 'withdrawn', 'ILLEGAL_STATE', 'suspended', 'ILLEGAL_STATE'],
  'live, edited and submitted': ['LISTING_IN_REVIEW', 'withdrawn', 'ILLEGAL_STATE', 'suspended', 'ILLEGAL_STATE'],
  over: ['expired', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  expired: ['expired', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  withdrawn: ['NOTHING_TO_SUBMIT', 'LISTING_NOT_LIVE', 'live', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  'withdrawn, edited': ['withdrawn', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  'withdrawn and over': ['NOTHING_TO_SUBMIT', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE', 'LISTING_NOT_LIVE', 'ILLEGAL_STATE'],
  suspended: ['LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'live'],
  'suspended and over': ['LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'LISTING_SUSPENDED', 'expired'],
};

const outcomeOf = (command: ListingCommand, listing: CommandedListing): string => {
  try {
    return moveByCommand({ command, listing, at: now });
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

it.each(Object.keys(rows) as (keyof typeof rows)[])('a listing that is %s answers each command by the table', (row) => {
  expect(listingCommands.map((command) => outcomeOf(command, rows[row]))).toEqual(outcomes[row]);
});

it('advises a withdrawal only where that leaves buyers with all they see', () => {
  const detailFor = (listing: CommandedListing) => () => moveByCommand({ command: 'submit', listing, at: now });
  expect(detailFor(rows.in_review)).toThrow(/withdraw/);
  expect(detailFor(rows['live, edited and submitted'])).toThrow(/wait for the decision\.$/);
});

it('moves by no command where the table of transitions has no arrow', () => {
  const listing = fc.record({
    state: fc.constantFrom(...listingStates),
    expiresAt: fc.constantFrom(null, earlier, now, later),
    hasDraft: fc.boolean(),
    isReviewed: fc.boolean(),
  });
  fc.assert(
    fc.property(listing, fc.constantFrom(...listingCommands), (one, command) => {
      const before = listingStateAt(one, now);
      const after = outcomeOf(command, one);
      const isRefused = after === after.toUpperCase();
      expect(isRefused || after === before || canTransition(listingTransitions, before, after as never)).toBe(true);
      if (after === 'live') expect(one.expiresAt === null || one.expiresAt > now).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('is expired from the instant of its end on, although the store says live', () => {
  const live = { state: 'live', expiresAt: now } as const;
  expect(listingStateAt(live, new Date(now.getTime() - 1))).toBe('live');
  expect(listingStateAt(live, now)).toBe('expired');
  expect(listingStateAt({ ...live, state: 'withdrawn' }, later)).toBe('withdrawn');
});
