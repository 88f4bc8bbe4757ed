import * as fc from 'fast-check';
import { DomainError } from '../domain-error';
import { canTransition, statesOf, targetsOf, terminalStates } from '../transitions';
import {
  hasEnded,
  listingCommands,
  listingStateAt,
  listingStates,
  listingTransitions,
  moveByCommand,
  keyOfRef,
  ownerKeyOf,
  referenceOf,
  refKeyOf,
  type CommandedListing,
  type ListingCommand,
} from './listing';

it('has no state that nothing leads to, and ends deleted', () => {
  const reached = statesOf(listingTransitions).flatMap((state) => targetsOf(listingTransitions, state));
  expect([...new Set(['draft', ...reached])].sort()).toEqual(statesOf(listingTransitions).sort());
  expect(terminalStates(listingTransitions)).toEqual(['deleted']);
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
        one.ref === null || other.ref === null
          ? one.ref === other.ref && one.id === other.id
          : one.ref.normalize() === other.ref.normalize();
      expect(refKeyOf(one) === refKeyOf(other)).toBe(isSame);
    }),
  );
});

it('has references that are equal where they look alike', () => {
  const [typed, whole] = ['Ha\u0308ndler', 'Händler'];
  expect(referenceOf(typed)).toBe(whole);
  expect(referenceOf(null)).toBeNull();
  expect(keyOfRef(typed)).toBe(keyOfRef(whole));
  expect(ownerKeyOf({ ownerUserId: null, ownerRef: typed })).toBe(ownerKeyOf({ ownerUserId: null, ownerRef: whole }));
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
  'over, edited': { ...base, state: 'live', expiresAt: earlier },
  'over, unchanged': { ...base, state: 'live', expiresAt: earlier, hasDraft: false },
  expired: { ...base, state: 'expired', expiresAt: earlier, hasDraft: false },
  'expired, edited': { ...base, state: 'expired', expiresAt: earlier },
  'expired, edited and submitted': { ...base, state: 'expired', expiresAt: earlier, isReviewed: true },
  withdrawn: { ...base, state: 'withdrawn', expiresAt: later, hasDraft: false },
  'withdrawn, edited': { ...base, state: 'withdrawn', expiresAt: later },
  'withdrawn and over': { ...base, state: 'withdrawn', expiresAt: earlier, hasDraft: false },
  suspended: { ...base, state: 'suspended', expiresAt: later },
  'suspended and over': { ...base, state: 'suspended', expiresAt: earlier },
} as const satisfies Record<string, CommandedListing>;

/** The command of each column; `renewing` is to submit with `renewDays`. */
const columns = ['submit', 'renewing', 'withdraw', 'republish', 'renew', 'expire', 'suspend', 'reinstate'] as const;
type Column = (typeof columns)[number];

/** The refusals by their codes. */
const [live, state, nothing, review, stopped, duration] = [
  'LISTING_NOT_LIVE',
  'ILLEGAL_STATE',
  'NOTHING_TO_SUBMIT',
  'LISTING_IN_REVIEW',
  'LISTING_SUSPENDED',
  'DURATION_INVALID',
];
const unpublished = [live, state, state, live, live, state];

/** The state after each command, or the code of its refusal, in the order of the columns. */
const outcomes: Record<keyof typeof rows, (string | undefined)[]> = {
  draft: ['in_review', duration, ...unpublished],
  rejected: ['in_review', duration, ...unpublished],
  in_review: [review, review, 'draft', state, state, live, live, state],
  live: [nothing, nothing, 'withdrawn', state, 'live', 'expired', 'suspended', state],
  'live, edited': ['live', 'live', 'withdrawn', state, 'live', 'expired', 'suspended', state],
  'live, edited and submitted': [review, review, 'withdrawn', state, 'live', 'expired', 'suspended', state],
  'over, edited': ['expired', 'expired', live, state, state, live, live, state],
  'over, unchanged': [nothing, 'expired', live, state, 'live', live, live, state],
  expired: [nothing, 'expired', live, state, 'live', live, live, state],
  'expired, edited': ['expired', 'expired', live, state, state, live, live, state],
  'expired, edited and submitted': [review, review, live, state, review, live, live, state],
  withdrawn: [nothing, nothing, live, 'live', state, live, live, state],
  'withdrawn, edited': ['withdrawn', 'withdrawn', live, state, state, live, live, state],
  'withdrawn and over': [nothing, 'withdrawn', live, state, state, live, live, state],
  suspended: [...Array<string>(7).fill(stopped), 'live'],
  'suspended and over': [...Array<string>(7).fill(stopped), 'expired'],
};

const outcomeOf = (column: Column, listing: CommandedListing): string => {
  const command: ListingCommand = column === 'renewing' ? 'submit' : column;
  try {
    return moveByCommand({ command, listing, renews: column === 'renewing', at: now });
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

it.each(Object.keys(rows) as (keyof typeof rows)[])('a listing that is %s answers each command by the table', (row) => {
  expect(columns.map((column) => outcomeOf(column, rows[row]))).toEqual(outcomes[row]);
});

it('has a column for every command', () => {
  expect(columns.filter((column) => column !== 'renewing')).toEqual(listingCommands);
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
    fc.property(listing, fc.constantFrom(...columns), (one, column) => {
      const before = listingStateAt(one, now);
      const after = outcomeOf(column, one);
      const isRefused = after === after.toUpperCase();
      expect(isRefused || after === before || canTransition(listingTransitions, before, after as never)).toBe(true);
      // Only a renewal gives a listing time again.
      if (after === 'live' && column !== 'renew') expect(one.expiresAt === null || one.expiresAt > now).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

it('names the way to buyers where a renewal alone is not enough', () => {
  const attempt = (command: ListingCommand, listing: CommandedListing) => () =>
    moveByCommand({ command, listing, at: now });
  expect(attempt('renew', rows['expired, edited'])).toThrow(/submit the draft for review with renewDays/);
  expect(attempt('renew', rows['expired, edited and submitted'])).toThrow(/wait for the decision, then renew/);
  expect(attempt('renew', rows.withdrawn)).toThrow(/republish it before you renew it/);
  expect(attempt('renew', rows.draft)).toThrow(/its time begins with the approval/);
  expect(attempt('submit', rows.expired)).toThrow(/renew the listing, or submit it with renewDays/);
});

it('has ended by its state or by its time', () => {
  expect(hasEnded({ state: 'expired', expiresAt: later }, now)).toBe(true);
  expect(hasEnded({ state: 'withdrawn', expiresAt: now }, now)).toBe(true);
  expect(hasEnded({ state: 'withdrawn', expiresAt: later }, now)).toBe(false);
  expect(hasEnded({ state: 'draft', expiresAt: null }, now)).toBe(false);
});

it('is expired from the instant of its end on, although the store says live', () => {
  const live = { state: 'live', expiresAt: now } as const;
  expect(listingStateAt(live, new Date(now.getTime() - 1))).toBe('live');
  expect(listingStateAt(live, now)).toBe('expired');
  expect(listingStateAt({ ...live, state: 'withdrawn' }, later)).toBe('withdrawn');
});
