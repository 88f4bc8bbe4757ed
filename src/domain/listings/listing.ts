import { DomainError } from '../domain-error';
import type { Transitions } from '../transitions';

/** The states of a listing. A listing in the state `deleted` is not stored any more; its last event has that state. */
export const listingTransitions = {
  draft: { in_review: 'submitted', deleted: 'deleted by the partner' },
  in_review: {
    live: 'approved',
    expired: 'approved after its last day',
    rejected: 'rejected',
    draft: 'withdrawn before the decision',
  },
  rejected: { in_review: 'submitted again', deleted: 'deleted by the partner' },
  live: { expired: 'its time passes', withdrawn: 'withdrawn', suspended: 'suspended by a reviewer' },
  expired: {},
  withdrawn: { live: 'republished' },
  suspended: { live: 'reinstated', expired: 'reinstated after its last day' },
  deleted: {},
} as const satisfies Transitions<ListingState>;

export const listingStates = ['draft', 'in_review', 'live', 'expired', 'withdrawn', 'suspended', 'rejected'] as const;
export type StoredListingState = (typeof listingStates)[number];
export type ListingState = StoredListingState | 'deleted';

/** The states of a listing that buyers have never seen, and so has no `live` content. */
export const unpublishedStates = ['draft', 'in_review', 'rejected'] as const satisfies ListingState[];

export interface ListingTimes {
  state: StoredListingState;
  /** The instant after which a listing is over; null until it is published. */
  expiresAt: Date | null;
}

/**
 * Returns the state of a listing at an instant: a live listing whose time has passed is expired, although nothing has
 * written that yet.
 */
export const listingStateAt = ({ state, expiresAt }: ListingTimes, at: Date): StoredListingState =>
  state === 'live' && expiresAt !== null && expiresAt <= at ? 'expired' : state;

/** Returns true for a listing that buyers see at an instant. */
export const isShownAt = (listing: ListingTimes & { live: object | null }, at: Date): boolean =>
  listing.live !== null && listingStateAt(listing, at) === 'live';

/** The commands that move a listing. */
export const listingCommands = ['submit', 'withdraw', 'republish', 'suspend', 'reinstate'] as const;
export type ListingCommand = (typeof listingCommands)[number];

export interface CommandedListing extends ListingTimes {
  /** The draft differs from what buyers see, or nothing has been published. */
  hasDraft: boolean;
  /** A review of the draft is open. */
  isReviewed: boolean;
}

export interface MoveByCommandInput {
  command: ListingCommand;
  listing: CommandedListing;
  at: Date;
}

/**
 * Returns the state of a listing after a command; the same state where the command leaves it.
 * @throws DomainError `LISTING_IN_REVIEW`, `LISTING_SUSPENDED`, `NOTHING_TO_SUBMIT`, `LISTING_NOT_LIVE`,
 *   `ILLEGAL_STATE`
 */
export function moveByCommand({ command, listing, at }: MoveByCommandInput): StoredListingState {
  const state = listingStateAt(listing, at);
  if (state === 'suspended' && command !== 'reinstate')
    throw new DomainError('LISTING_SUSPENDED', 'A reviewer has suspended the listing: it must be reinstated first.');
  if (command === 'submit') return submitted(listing, state);
  if (command === 'withdraw') return withdrawn(state);
  if (command === 'republish') return republished(listing, state, at);
  if (command === 'suspend') return suspended(state);
  return reinstated(listing, state, at);
}

function submitted({ isReviewed, hasDraft }: CommandedListing, state: StoredListingState): StoredListingState {
  if (isReviewed)
    throw new DomainError(
      'LISTING_IN_REVIEW',
      state === 'in_review'
        ? 'The listing is under review: wait for the decision, or withdraw it.'
        : 'A change of the listing is under review: wait for the decision.',
    );
  if (!hasDraft)
    throw new DomainError('NOTHING_TO_SUBMIT', 'Buyers see the listing as it is: change it before you submit it.');
  return state === 'draft' || state === 'rejected' ? 'in_review' : state;
}

function withdrawn(state: StoredListingState): StoredListingState {
  if (state === 'in_review') return 'draft';
  if (state === 'live') return 'withdrawn';
  throw notLive(state);
}

function republished(listing: CommandedListing, state: StoredListingState, at: Date): StoredListingState {
  if (state !== 'withdrawn') throw illegal(state, 'only a withdrawn listing can be republished');
  if (isOver(listing, at)) throw illegal(state, 'its last day is over');
  if (listing.hasDraft) throw illegal(state, 'its draft differs from what buyers saw: submit the draft for review');
  return 'live';
}

function suspended(state: StoredListingState): StoredListingState {
  if (state === 'live') return 'suspended';
  throw notLive(state);
}

function reinstated(listing: CommandedListing, state: StoredListingState, at: Date): StoredListingState {
  if (state !== 'suspended') throw illegal(state, 'only a suspended listing can be reinstated');
  return isOver(listing, at) ? 'expired' : 'live';
}

const isOver = ({ expiresAt }: ListingTimes, at: Date): boolean => expiresAt !== null && expiresAt <= at;

const notLive = (state: ListingState): DomainError =>
  new DomainError('LISTING_NOT_LIVE', `The listing is ${state}, so buyers do not see it.`);

const illegal = (state: ListingState, why: string): DomainError =>
  new DomainError('ILLEGAL_STATE', `The listing is ${state}: ${why}.`);

/** The owner of a listing: a user of ours, the partner's own reference, or nobody. */
export interface ListingOwner {
  ownerUserId: string | null;
  ownerRef: string | null;
}

/** Returns the key by which the listings of an owner are found; null without an owner. */
export function ownerKeyOf({ ownerUserId, ownerRef }: ListingOwner): string | null {
  if (ownerUserId !== null) return `user:${ownerUserId}`;
  return ownerRef === null ? null : `ref:${ownerRef}`;
}

/**
 * Returns the key that no two listings of a tenant share: the partner's `ref`, or the listing's own id where it has no
 * `ref`.
 */
export const refKeyOf = ({ id, ref }: { id: string; ref: string | null }): string =>
  ref === null ? `id:${id}` : keyOfRef(ref);

/** Returns the key of the listing with this `ref`. */
export const keyOfRef = (ref: string): string => `ref:${ref}`;
