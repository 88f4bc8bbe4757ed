import { DomainError } from '../domain-error';
import { terminalStates, statesOf, type Transitions } from '../transitions';

/**
 * The states of a review. A claim is a time and not a state of its own in the store: a review is `claimed` while its
 * claim lasts; see `reviewStateAt`.
 */
export const listingReviewTransitions = {
  checking: {
    queued: 'a person must decide',
    approved: 'the checks found nothing',
    rejected: 'a rule that the partner set to block',
    superseded: 'the listing was edited',
    cancelled: 'withdrawn',
  },
  queued: {
    claimed: 'claimed by a reviewer',
    escalated: 'no decision within 48 hours',
    approved: 'approved by a reviewer',
    rejected: 'rejected by a reviewer',
    superseded: 'the listing was edited',
    cancelled: 'withdrawn',
  },
  claimed: {
    queued: 'released, or 30 minutes passed',
    escalated: 'no decision within 48 hours',
    approved: 'approved by a reviewer',
    rejected: 'rejected by a reviewer',
    superseded: 'the listing was edited',
    cancelled: 'withdrawn',
  },
  escalated: {
    claimed: 'claimed by a reviewer',
    approved: 'approved by a reviewer',
    rejected: 'rejected by a reviewer, or nobody decided within another 24 hours',
    superseded: 'the listing was edited',
    cancelled: 'withdrawn',
  },
  approved: {},
  rejected: {},
  superseded: {},
  cancelled: {},
} as const satisfies Transitions<ListingReviewState>;

export type ListingReviewState =
  | 'checking'
  | 'queued'
  | 'claimed'
  | 'escalated'
  | 'approved'
  | 'rejected'
  | 'superseded'
  | 'cancelled';
/** The states that are stored: all but the one that passes with time. */
export type StoredReviewState = Exclude<ListingReviewState, 'claimed'>;
export type ReviewEnd = 'approved' | 'rejected' | 'superseded' | 'cancelled';

export const listingReviewStates = statesOf<ListingReviewState>(listingReviewTransitions);
export const endedReviewStates = terminalStates<ListingReviewState>(listingReviewTransitions) as ReviewEnd[];
/** The stored states in which a person may decide. */
export const decidableStates = ['queued', 'escalated'] as const satisfies StoredReviewState[];
export const openReviewStates = ['checking', ...decidableStates] as const satisfies StoredReviewState[];

export const hasReviewEnded = (state: string): state is ReviewEnd =>
  (endedReviewStates as readonly string[]).includes(state);

const HOUR_MS = 3_600_000;

/** Business times of a review, in milliseconds. Never shortened for tests: tests skip time. */
export const reviewTimes = {
  claimLastsMs: HOUR_MS / 2,
  escalatesAfterMs: 48 * HOUR_MS,
  /** From the escalation. */
  silenceAfterMs: 24 * HOUR_MS,
} as const;

/** The shortest time between two mails of one kind to one reviewer, in milliseconds of real time. */
export const NOTICE_INTERVAL_MS = HOUR_MS / 4;

export const rejectionReasons = [
  'prohibited',
  'misleading',
  'duplicate',
  'category',
  'contact_details',
  'image',
  'price',
  'quality',
  'other',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** Returns a reason as it was sent; `other` where nobody sent one of ours. */
export const rejectionReasonOf = (sent: unknown): RejectionReason =>
  rejectionReasons.find((reason) => reason === sent) ?? 'other';

/** A remark of the reviewer on one field. */
export interface FieldComment {
  /** JSON pointer into the content. */
  pointer: string;
  comment: string;
}

/** The end of a review by a person, by the checks, or by silence. */
export interface ReviewDecision {
  outcome: 'approved' | 'rejected';
  /** The partner's own id of the person; null where nobody decided. */
  reviewer: string | null;
  /** Null for an approval. */
  reason: RejectionReason | null;
  comment: string | null;
  fields: FieldComment[];
}

export interface ClaimableReview {
  state: StoredReviewState;
  /** The reviewer who claimed last, as `requireNamed` returns it; null where nobody has, or it was released. */
  claimedBy: string | null;
  /** The end of that claim. */
  claimedUntil: Date;
  /** The ids under which the partner knows the author and the owner, in NFC. */
  authors: readonly string[];
}

/** Returns the reviewer whose claim is in force; null where there is none. */
export const claimantAt = (
  { claimedBy, claimedUntil }: Pick<ClaimableReview, 'claimedBy' | 'claimedUntil'>,
  at: Date,
): string | null => (claimedUntil > at ? claimedBy : null);

/** Returns the state of a review at an instant. */
export const reviewStateAt = (
  review: Pick<ClaimableReview, 'state' | 'claimedBy' | 'claimedUntil'>,
  at: Date,
): ListingReviewState =>
  (decidableStates as readonly string[]).includes(review.state) && claimantAt(review, at) !== null
    ? 'claimed'
    : review.state;

/**
 * Returns the instant from which the silence after an escalation counts; null before the escalation. A review that
 * takes the place of an escalated one holds a revision that nobody has read yet, so its silence counts from its start.
 */
export const silenceSince = ({ escalatedAt, createdAt }: { escalatedAt: Date | null; createdAt: Date }): Date | null =>
  escalatedAt !== null && escalatedAt < createdAt ? createdAt : escalatedAt;

export interface TimedReview {
  state: StoredReviewState;
  /** The end of the last claim. */
  claimedUntil: Date;
  queuedSince: Date;
  escalatedAt: Date | null;
  createdAt: Date;
}

/**
 * Returns the next deadline of a review; null where it waits for the checks, or for people without a deadline. Silence
 * is none while a reviewer has claimed the review.
 */
export function reviewDeadline(review: TimedReview, at: Date): Date | null {
  if (review.state === 'queued') return new Date(review.queuedSince.getTime() + reviewTimes.escalatesAfterMs);
  const since = review.state === 'escalated' ? silenceSince(review) : null;
  const silence = since && since.getTime() + reviewTimes.silenceAfterMs;
  const deadline = silence === null ? null : new Date(Math.max(silence, review.claimedUntil.getTime()));
  // A review that is open after its last deadline waits on.
  return deadline && deadline > at ? deadline : null;
}

/**
 * Returns what a review waits for, for people to read; null for one that has ended. An approved one waits until the
 * search index has its listing.
 */
export function reviewWaitsFor({
  state,
  isPublishing,
}: {
  state: StoredReviewState;
  isPublishing: boolean;
}): string | null {
  if (isPublishing) return 'search_index';
  if (hasReviewEnded(state)) return null;
  return state === 'checking' ? 'the automated checks' : "a reviewer's decision";
}

/** Returns true for a text that names a reviewer. */
export const isReviewer = (sent: unknown): sent is string => typeof sent === 'string' && sent.trim() !== '';

/**
 * Returns the id of the reviewer who decides or claims, in NFC: two that look alike are one person.
 * @throws DomainError `REVIEWER_MISSING` for anything but a text that is not blank
 */
export function requireNamed(reviewer: unknown): string {
  if (isReviewer(reviewer)) return reviewer.normalize();
  throw new DomainError('REVIEWER_MISSING', 'The decision names no reviewer: send the id of the person who decides.', {
    pointer: '/reviewer',
  });
}

export interface RequireReviewerInput {
  review: ClaimableReview;
  reviewer: string;
  at: Date;
}

/**
 * Accepts a reviewer's claim or decision.
 * @throws DomainError `REVIEW_NOT_OPEN`, `REVIEWER_IS_AUTHOR`, `REVIEW_CLAIMED`
 */
export function requireReviewer({ review, reviewer, at }: RequireReviewerInput): void {
  if (!(decidableStates as readonly string[]).includes(review.state)) throw reviewNotOpen(review.state);
  if (review.authors.includes(reviewer.normalize()))
    throw new DomainError('REVIEWER_IS_AUTHOR', REVIEWER_IS_AUTHOR, { pointer: '/reviewer' });
  requireFree(review, reviewer, at);
}

const REVIEWER_IS_AUTHOR = 'The reviewer submitted or owns the listing: another one must decide.';

/** @throws DomainError `REVIEW_CLAIMED`, naming the other reviewer and the end of the claim */
export function requireFree(
  review: Pick<ClaimableReview, 'claimedBy' | 'claimedUntil'>,
  reviewer: string,
  at: Date,
): void {
  const claimant = claimantAt(review, at);
  if (claimant === null || claimant === reviewer.normalize()) return;
  throw new DomainError(
    'REVIEW_CLAIMED',
    `${claimant} has claimed the review until ${review.claimedUntil.toISOString()}: take another one, or wait.`,
  );
}

/** Points at no field: a claim names no revision. */
export const reviewNotOpen = (state: string): DomainError =>
  state === 'superseded'
    ? new DomainError('REVISION_CHANGED', REVISION_CHANGED)
    : new DomainError('REVIEW_NOT_OPEN', noDecisionIn(state));

const noDecisionIn = (state: string): string =>
  state === 'checking'
    ? 'The checks of the listing have not finished. Try again in a moment.'
    : `The review is ${state}: it has ended and takes no decision.`;

const REVISION_CHANGED =
  'Another revision of the listing is under review. Read the listing again, then decide on that revision.';

/** Refuses a decision that names another revision. */
export const revisionChanged = (): DomainError =>
  new DomainError('REVISION_CHANGED', REVISION_CHANGED, { pointer: '/revision' });
