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
  live: { expired: 'its time passes, or is ended', withdrawn: 'withdrawn', suspended: 'suspended by a reviewer' },
  expired: { live: 'renewed' },
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
export const listingCommands = ['submit', 'withdraw', 'republish', 'renew', 'expire', 'suspend', 'reinstate'] as const;
export type ListingCommand = (typeof listingCommands)[number];

export interface CommandedListing extends ListingTimes {
  /** The draft differs from what buyers see, or nothing has been published. */
  hasDraft: boolean;
  /** A review of the draft is open. */
  isReviewed: boolean;
}

/** Returns true for a published listing whose time has passed or was ended, whatever its state. */
export const hasEnded = ({ state, expiresAt }: ListingTimes, at: Date): boolean =>
  state === 'expired' || (expiresAt !== null && expiresAt <= at);

export interface MoveByCommandInput {
  command: ListingCommand;
  listing: CommandedListing;
  /** Set where `submit` asks for a renewal too. */
  renews?: boolean;
  at: Date;
}

/**
 * Returns the state of a listing after a command; the same state where the command leaves it.
 * @throws DomainError `LISTING_IN_REVIEW`, `LISTING_SUSPENDED`, `NOTHING_TO_SUBMIT`, `LISTING_NOT_LIVE`,
 *   `ILLEGAL_STATE`; `DURATION_INVALID` for the renewal of a listing that was never published
 */
export function moveByCommand({ command, listing, renews = false, at }: MoveByCommandInput): StoredListingState {
  const state = listingStateAt(listing, at);
  if (state === 'suspended' && command !== 'reinstate')
    throw new DomainError('LISTING_SUSPENDED', 'A reviewer has suspended the listing: it must be reinstated first.');
  if (command === 'submit') return submitted(listing, { state, renews, at });
  if (command === 'withdraw') return withdrawn(state);
  if (command === 'republish') return republished(listing, state, at);
  if (command === 'renew') return renewed(listing, state);
  if (command === 'expire') return ended(state);
  if (command === 'suspend') return suspended(state);
  return reinstated(listing, state, at);
}

interface Submission {
  state: StoredListingState;
  renews: boolean;
  at: Date;
}

function submitted(listing: CommandedListing, { state, renews, at }: Submission): StoredListingState {
  if (listing.isReviewed)
    throw new DomainError(
      'LISTING_IN_REVIEW',
      state === 'in_review'
        ? 'The listing is under review: wait for the decision, or withdraw it.'
        : 'A change of the listing is under review: wait for the decision.',
    );
  const isUnpublished = (unpublishedStates as readonly string[]).includes(state);
  if (renews && isUnpublished)
    throw new DomainError(
      'DURATION_INVALID',
      'The listing was never published, so its time begins with the approval: leave renewDays out.',
      { pointer: '/renewDays' },
    );
  const isOver = hasEnded(listing, at);
  if (!listing.hasDraft && !(renews && isOver))
    throw new DomainError(
      'NOTHING_TO_SUBMIT',
      isOver
        ? 'Nothing differs from what buyers saw: renew the listing, or submit it with renewDays.'
        : 'Nothing differs from what was approved: change the listing before you submit it.',
    );
  return isUnpublished ? 'in_review' : state;
}

function withdrawn(state: StoredListingState): StoredListingState {
  if (state === 'in_review') return 'draft';
  if (state === 'live') return 'withdrawn';
  throw notLive(state);
}

function republished(listing: CommandedListing, state: StoredListingState, at: Date): StoredListingState {
  if (state !== 'withdrawn') throw illegal(state, 'only a withdrawn listing can be republished');
  if (hasEnded(listing, at)) throw illegal(state, 'its last day is over');
  if (listing.hasDraft) throw illegal(state, 'its draft differs from what buyers saw: submit the draft for review');
  return 'live';
}

/** An expired listing lives again with the content that was approved last, so its draft must not differ. */
function renewed({ isReviewed, hasDraft }: CommandedListing, state: StoredListingState): StoredListingState {
  if (state === 'live') return 'live';
  if (state === 'withdrawn')
    throw illegal(state, 'republish it before you renew it, or submit it with renewDays where its time is over');
  if (state !== 'expired') throw illegal(state, 'its time begins with the approval, so nothing can be renewed yet');
  if (isReviewed)
    throw new DomainError('LISTING_IN_REVIEW', 'The listing is under review: wait for the decision, then renew it.');
  if (hasDraft)
    throw illegal(state, 'its draft differs from what buyers saw: submit the draft for review with renewDays');
  return 'live';
}

function ended(state: StoredListingState): StoredListingState {
  if (state === 'live') return 'expired';
  throw notLive(state);
}

function suspended(state: StoredListingState): StoredListingState {
  if (state === 'live') return 'suspended';
  throw notLive(state);
}

function reinstated(listing: CommandedListing, state: StoredListingState, at: Date): StoredListingState {
  if (state !== 'suspended') throw illegal(state, 'only a suspended listing can be reinstated');
  return hasEnded(listing, at) ? 'expired' : 'live';
}

const notLive = (state: ListingState): DomainError =>
  new DomainError('LISTING_NOT_LIVE', `The listing is ${state}, so buyers do not see it.`);

const illegal = (state: ListingState, why: string): DomainError =>
  new DomainError('ILLEGAL_STATE', `The listing is ${state}: ${why}.`);

/** The owner of a listing: a user of ours, the partner's own reference, or nobody. */
export interface ListingOwner {
  ownerUserId: string | null;
  ownerRef: string | null;
}

/** Returns the partner's own reference of an owner or a listing in NFC: two that look alike are one. */
export const referenceOf = (sent: string | null): string | null => sent?.normalize() ?? null;

/** Returns the key by which the listings of an owner are found; null without an owner. */
export function ownerKeyOf({ ownerUserId, ownerRef }: ListingOwner): string | null {
  if (ownerUserId !== null) return `user:${ownerUserId}`;
  return ownerRef === null ? null : `ref:${referenceOf(ownerRef)}`;
}

/**
 * Returns the key that no two listings of a tenant share: the partner's `ref`, or the listing's own id where it has no
 * `ref`.
 */
export const refKeyOf = ({ id, ref }: { id: string; ref: string | null }): string =>
  ref === null ? `id:${id}` : keyOfRef(ref);

/** Returns the key of the listing with this `ref`, however it was typed. */
export const keyOfRef = (ref: string): string => `ref:${referenceOf(ref)}`;
