import * as fc from 'fast-check';
import { DomainError } from '../domain-error';
import { canTransition, statesOf, targetsOf } from '../transitions';
import {
  claimantAt,
  decidableStates,
  endedReviewStates,
  hasReviewEnded,
  listingReviewTransitions,
  openReviewStates,
  rejectionReasonOf,
  rejectionReasons,
  requireFree,
  requireNamed,
  requireReviewer,
  reviewDeadline,
  reviewNotOpen,
  reviewStateAt,
  revisionChanged,
  type ClaimableReview,
} from './review';

const now = new Date('2027-01-10T12:00:00Z');
const [minuteAgo, inAMinute] = [new Date(now.getTime() - 60_000), new Date(now.getTime() + 60_000)];
const free: ClaimableReview = { state: 'queued', claimedBy: null, claimedUntil: new Date(0), authors: ['clerk'] };
const claimed: ClaimableReview = { ...free, claimedBy: 'mona', claimedUntil: inAMinute };

const codeOf = (act: () => void): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

it('ends in four ways, and an open review may end in each of them', () => {
  expect(endedReviewStates.toSorted()).toEqual(['approved', 'cancelled', 'rejected', 'superseded']);
  const reached = statesOf(listingReviewTransitions).flatMap((state) => targetsOf(listingReviewTransitions, state));
  expect([...new Set(['checking', ...reached])].toSorted()).toEqual(statesOf(listingReviewTransitions).toSorted());
  for (const from of [...openReviewStates, 'claimed'] as const)
    for (const end of endedReviewStates) expect(canTransition(listingReviewTransitions, from, end)).toBe(true);
});

it.each([
  ['queued', free, 'mona', null],
  ['escalated', { ...free, state: 'escalated' }, 'mona', null],
  ["the reviewer's own claim", claimed, 'mona', null],
  ["another's claim", claimed, 'otto', 'REVIEW_CLAIMED'],
  ["another's claim that has passed", { ...claimed, claimedUntil: now }, 'otto', null],
  ['the author', free, 'clerk', 'REVIEWER_IS_AUTHOR'],
  ['the author of a claimed one', claimed, 'clerk', 'REVIEWER_IS_AUTHOR'],
  ['the author, composed otherwise', { ...free, authors: ['Jörg'] }, 'Jo\u0308rg', 'REVIEWER_IS_AUTHOR'],
  ['checking', { ...free, state: 'checking' }, 'mona', 'REVIEW_NOT_OPEN'],
  ['approved', { ...free, state: 'approved' }, 'mona', 'REVIEW_NOT_OPEN'],
  ['cancelled', { ...free, state: 'cancelled' }, 'mona', 'REVIEW_NOT_OPEN'],
  ['superseded', { ...free, state: 'superseded' }, 'mona', 'REVISION_CHANGED'],
] as const)('%s: a decision is answered by its guard', (_name, review, reviewer, code) => {
  expect(codeOf(() => requireReviewer({ review, reviewer, at: now }))).toBe(code);
});

it('names the reviewer and the end of the claim that stands in the way', () => {
  expect(() => requireFree(claimed, 'otto', now)).toThrow(
    `mona has claimed the review until ${inAMinute.toISOString()}`,
  );
});

it('is claimed while its claim lasts, to the millisecond, and never once it has ended', () => {
  expect(reviewStateAt(claimed, minuteAgo)).toBe('claimed');
  expect(reviewStateAt(claimed, new Date(inAMinute.getTime() - 1))).toBe('claimed');
  expect(reviewStateAt(claimed, inAMinute)).toBe('queued');
  expect(reviewStateAt({ ...claimed, state: 'escalated' }, inAMinute)).toBe('escalated');
  expect(reviewStateAt({ ...claimed, state: 'approved' }, minuteAgo)).toBe('approved');
});

it('lets at most one of two reviewers decide while a claim is in force', () => {
  const review = fc.record({
    state: fc.constantFrom(...decidableStates),
    claimedBy: fc.constantFrom(null, 'mona', 'otto'),
    claimedUntil: fc.constantFrom(minuteAgo, now, inAMinute),
    authors: fc.constant([]),
  });
  fc.assert(
    fc.property(review, (one) => {
      const mayDecide = ['mona', 'otto'].filter(
        (reviewer) => codeOf(() => requireReviewer({ review: one, reviewer, at: now })) === null,
      );
      const claimant = claimantAt(one, now);
      expect(mayDecide).toEqual(claimant === null ? ['mona', 'otto'] : [claimant]);
    }),
  );
});

it('explains an ended review by its end', () => {
  for (const state of endedReviewStates) {
    expect(hasReviewEnded(state)).toBe(true);
    expect(reviewNotOpen(state).code).toBe(state === 'superseded' ? 'REVISION_CHANGED' : 'REVIEW_NOT_OPEN');
  }
  expect(hasReviewEnded('queued')).toBe(false);
});

it('points at the revision only where the request named one', () => {
  expect(reviewNotOpen('superseded').pointer).toBeUndefined();
  expect(revisionChanged()).toMatchObject({ code: 'REVISION_CHANGED', pointer: '/revision' });
});

const day = (number: number) => new Date(Date.UTC(2027, 0, number));

it('silence is no deadline while a reviewer has claimed the review', () => {
  const review = { state: 'escalated', queuedSince: day(1), escalatedAt: day(3), createdAt: day(1) } as const;
  const claimedUntil = new Date(day(4).getTime() + 900_000);
  expect(reviewDeadline({ ...review, claimedUntil }, day(4))).toEqual(claimedUntil);
  expect(reviewDeadline({ ...review, claimedUntil }, claimedUntil)).toBeNull();
});

it('names a reviewer however the characters were composed', () => {
  expect(requireNamed('Zoe\u0308')).toBe('Zo\u00eb');
  const claimed = { claimedBy: 'Zo\u00eb', claimedUntil: day(3) };
  requireFree(claimed, 'Zoe\u0308', day(2));
  expect(codeOf(() => requireFree(claimed, 'Zoe', day(2)))).toBe('REVIEW_CLAIMED');
});

it.each([undefined, null, '', '  ', 7, {}])('%p names no reviewer', (reviewer) => {
  expect(codeOf(() => requireNamed(reviewer))).toBe('REVIEWER_MISSING');
});

it('takes a reviewer and a reason as they were sent, and any other reason as "other"', () => {
  expect(requireNamed('mona')).toBe('mona');
  expect(rejectionReasons.map(rejectionReasonOf)).toEqual(rejectionReasons);
  for (const sent of [undefined, null, 'call Ada on 0170', 7]) expect(rejectionReasonOf(sent)).toBe('other');
});

it.each([
  ['checking', 'checking', null, 1, null],
  ['queued: 48 hours from its place in the queue', 'queued', null, 2, 3],
  ['escalated: 24 hours from the escalation', 'escalated', 3, 1, 4],
  ['escalated, then edited: 24 hours from the start of the new review', 'escalated', 3, 5, 6],
  ['escalated, and left open after its deadline', 'escalated', 1, 1, null],
  ['approved', 'approved', 3, 1, null],
] as const)('%s: the deadline', (_name, state, escalated, created, deadline) => {
  const review = {
    state,
    queuedSince: day(1),
    escalatedAt: escalated === null ? null : day(escalated),
    createdAt: day(created),
    claimedUntil: new Date(0),
  };
  expect(reviewDeadline(review, day(2))).toEqual(deadline === null ? null : day(deadline));
});
