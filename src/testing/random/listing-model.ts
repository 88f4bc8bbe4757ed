import { editedInModel, type SeenContent } from './listing-content';
import type { ListingCommand, ListingPatch, NewListingTerms } from './listing-sequences';
import { claimedBy, newReview, refuseReviewer, type ModelReview } from './listing-model-review';
import { dateOf, dayOf, endOf, type Answer, type SeenListing } from './seen-listing';

interface Expected {
  answer: Answer;
  /** Types of the listing's events, without the domain's prefix. */
  events: string[];
}

const DEFAULT_DAYS = 30;
const MAX_DAYS = 365;

/**
 * What must be true of a listing, written down from the table in docs/listings.md and not from the code: it calls none
 * of the rules that it is compared with. A listing has at most one open review, of its newest revision.
 */
export class ListingModel {
  private state = 'draft';
  live: SeenContent | null = null;
  draft: SeenContent | null;
  /** The newest revision, which an open review is about. */
  revision = 1;
  private days: number | null;
  private lastDay: number | null;
  /** Milliseconds. The end that an `expire` sets is the instant of the request, which only the response knows. */
  expiresAt: number | null = null;
  private approvedOn = 0;
  private review: ModelReview | null = null;

  constructor(
    private readonly terms: NewListingTerms,
    content: SeenContent,
    nowMs: number,
  ) {
    const { durationDays, lastDayIn } = terms.duration;
    this.draft = content;
    this.days = durationDays ?? null;
    this.lastDay = lastDayIn === undefined ? null : dayOf(nowMs) + lastDayIn;
  }

  /** Returns the listing as it reads at an instant; null once it is deleted. */
  at(nowMs: number): SeenListing | null {
    if (this.state === 'deleted') return null;
    const { live, draft, revision, lastDay, expiresAt } = this;
    const isReviewed = this.review !== null;
    return {
      state: this.stateAt(nowMs),
      live,
      draft,
      revision,
      lastDay: lastDay === null ? null : dateOf(lastDay),
      expiresAt,
      isReviewed,
    };
  }

  /** Carries a command out and returns what must come of it. */
  carryOut(command: ListingCommand, nowMs: number): Expected {
    if (this.state === 'deleted') return refused('NOT_FOUND');
    switch (command.what) {
      case 'edit':
        return this.edit(command.patch, nowMs);
      case 'set_duration':
        return this.setDuration(command.days);
      case 'submit':
        return this.submit(command, nowMs);
      case 'approve':
      case 'reject':
        return this.decide(command, nowMs);
      case 'claim':
        return this.claim(command.reviewer, nowMs);
      case 'renew':
        return this.renew(command.days, nowMs);
      case 'delete':
        if (this.state !== 'draft' && this.state !== 'rejected') return refused('ILLEGAL_STATE');
        this.state = 'deleted';
        return done(204, 'deleted');
      default:
        return this.move(command.what, nowMs);
    }
  }

  private stateAt(nowMs: number): string {
    return this.state === 'live' && this.isOver(nowMs) ? 'expired' : this.state;
  }

  private isOver(nowMs: number): boolean {
    return this.state === 'expired' || (this.expiresAt !== null && this.expiresAt <= nowMs);
  }

  private get wasPublished(): boolean {
    return this.live !== null;
  }

  private edit(patch: ListingPatch, nowMs: number): Expected {
    const { live, draft, hasChanged, isTaken, isInstant } = editedInModel(this, patch, this.stateAt(nowMs) === 'live');
    if (!hasChanged) return done(200);
    if (!isTaken) return refused('PRICE_OUT_OF_BOUNDS');
    this.live = live;
    this.draft = draft;
    this.revision += 1;
    if (!this.review) return done(200, 'updated');
    // The review of the new revision takes the place of the old one, if anything is left to review.
    const { authors, renewDays } = this.review;
    const isLeft = this.draft !== null || renewDays !== null;
    if (isLeft && isInstant) return done(200, 'updated');
    this.review = isLeft ? newReview(authors, renewDays) : null;
    return isLeft ? done(200, 'updated', 'checked') : done(200, 'updated');
  }

  private setDuration(days: number): Expected {
    if (this.days === days) return done(200);
    if (this.wasPublished) return refused('DURATION_INVALID');
    this.days = days;
    this.lastDay = null;
    return done(200, 'updated');
  }

  private submit(
    { renewDays, submittedBy }: { renewDays: number | null; submittedBy: string | null },
    nowMs: number,
  ): Expected {
    if (this.state === 'suspended') return refused('LISTING_SUSPENDED');
    if (this.review) return refused('LISTING_IN_REVIEW');
    if (renewDays !== null && !this.wasPublished) return refused('DURATION_INVALID');
    const isRenewed = renewDays !== null && this.isOver(nowMs);
    if (this.draft === null && !isRenewed) return refused('NOTHING_TO_SUBMIT');
    if (renewDays !== null && this.renewedBy(renewDays, nowMs) > dayOf(nowMs) + MAX_DAYS)
      return refused('RENEWAL_TOO_FAR');
    if (!this.wasPublished) this.state = 'in_review';
    const authors = [...(submittedBy === null ? [] : [submittedBy]), 'owner'];
    this.review = newReview(authors, renewDays);
    if (this.terms.policy === 'always') return done(202, 'submitted', 'checked');
    return done(202, 'submitted', 'checked', ...this.approve(nowMs));
  }

  private decide(
    { what, reviewer, isStale }: { what: 'approve' | 'reject'; reviewer: string; isStale: boolean },
    nowMs: number,
  ): Expected {
    if (!this.review) return refused('REVIEW_NOT_OPEN');
    if (isStale) return refused('REVISION_CHANGED');
    const refusal = refuseReviewer(this.review, reviewer, nowMs);
    if (refusal) return refused(refusal);
    if (what === 'approve') return done(200, ...this.approve(nowMs));
    this.review = null;
    if (this.state === 'in_review') this.state = 'rejected';
    return done(200, 'rejected');
  }

  private claim(reviewer: string, nowMs: number): Expected {
    if (!this.review) return refused('REVIEW_NOT_OPEN');
    const refusal = refuseReviewer(this.review, reviewer, nowMs);
    if (refusal) return refused(refusal);
    this.review = claimedBy(this.review, reviewer, nowMs);
    return done(200);
  }

  /** Only an approval changes what buyers see; its time starts with the first one. */
  private approve(nowMs: number): string[] {
    const { renewDays } = this.review!;
    const isFirst = !this.wasPublished;
    const isLive = this.stateAt(nowMs) === 'live';
    const today = dayOf(nowMs);
    this.live = this.draft ?? this.live;
    this.draft = null;
    this.review = null;
    this.approvedOn = today;
    if (isFirst) {
      this.setEnd(this.lastDay ?? today + (this.days ?? DEFAULT_DAYS));
      this.state = this.expiresAt! > nowMs ? 'live' : 'expired';
      return this.state === 'live' ? ['approved', 'published'] : ['approved'];
    }
    if (renewDays === null) return isLive ? ['approved', 'published'] : ['approved'];
    const within = Math.min(this.renewedBy(renewDays, nowMs), today + MAX_DAYS);
    this.setEnd(this.isOver(nowMs) ? within : Math.max(within, this.lastDay!));
    if (this.state === 'expired') this.state = 'live';
    return this.state === 'live' ? ['approved', 'renewed', 'published'] : ['approved', 'renewed'];
  }

  private renew(days: number, nowMs: number): Expected {
    const state = this.stateAt(nowMs);
    if (state === 'suspended') return refused('LISTING_SUSPENDED');
    if (state !== 'live' && state !== 'expired') return refused('ILLEGAL_STATE');
    if (state === 'expired') {
      if (this.review) return refused('LISTING_IN_REVIEW');
      if (this.draft) return refused('ILLEGAL_STATE');
      const graceEnd = endOf(Math.max(this.lastDay!, this.approvedOn) + this.terms.graceDays);
      if (nowMs >= graceEnd) return refused('RENEWAL_TOO_LATE');
    }
    const lastDay = this.renewedBy(days, nowMs);
    if (lastDay > dayOf(nowMs) + MAX_DAYS) return refused('RENEWAL_TOO_FAR');
    this.setEnd(lastDay);
    this.state = 'live';
    return done(200, 'renewed');
  }

  /** Before the end no day is lost; after it the days count from today. */
  private renewedBy(days: number, nowMs: number): number {
    return (this.isOver(nowMs) ? dayOf(nowMs) : this.lastDay!) + days;
  }

  private setEnd(lastDay: number): void {
    this.lastDay = lastDay;
    this.expiresAt = endOf(lastDay);
  }

  private move(what: 'withdraw' | 'republish' | 'expire' | 'suspend' | 'reinstate', nowMs: number): Expected {
    const state = this.stateAt(nowMs);
    if (what === 'reinstate') {
      if (state !== 'suspended') return refused('ILLEGAL_STATE');
      this.state = this.isOver(nowMs) ? 'expired' : 'live';
      return done(200, 'reinstated');
    }
    if (state === 'suspended') return refused('LISTING_SUSPENDED');
    if (what === 'republish') {
      if (state !== 'withdrawn' || this.isOver(nowMs) || this.draft) return refused('ILLEGAL_STATE');
      this.state = 'live';
      return done(200, 'republished');
    }
    if (what === 'withdraw' && state === 'in_review') {
      this.state = 'draft';
      this.review = null;
      return done(200, 'withdrawn');
    }
    if (state !== 'live') return refused('LISTING_NOT_LIVE');
    if (what === 'expire') {
      this.state = 'expired';
      this.lastDay = dayOf(nowMs);
      this.expiresAt = nowMs;
      return done(200, 'expired');
    }
    this.state = what === 'withdraw' ? 'withdrawn' : 'suspended';
    return done(200, this.state);
  }
}

const refused = (code: string): Expected => ({ answer: code, events: [] });
const done = (status: number, ...events: string[]): Expected => ({ answer: status, events });
