import type { CategoryTerms } from '../../domain/listings/categories';
import { checkListing } from '../../domain/listings/checks/check-listing';
import { newContent, requireInCategory, type ContentPatch, type ListingContent } from '../../domain/listings/content';
import { expiryOf, dayOf as isoDayOf, lastDayAfter } from '../../domain/listings/duration';
import { editListing, newestContent } from '../../domain/listings/edit-listing';
import { listingStateAt, listingTransitions, moveByCommand, type ListingState } from '../../domain/listings/listing';
import { partnerListingsOf, type PartnerListings } from '../../domain/listings/partner-listings';
import { renewByApproval, renewByCommand, requireWithinReach } from '../../domain/listings/renewal';
import { requireReviewer, reviewNotOpen, reviewTimes, revisionChanged } from '../../domain/listings/review';
import { DomainError } from '../../domain/domain-error';
import { canTransition } from '../../domain/transitions';
import type { Event } from '../../models/event';
import { categoriesOf, description, firstContent, patchOf, requireEdited, seenOf } from './listing-content';
import type { ListingCommand, NewListingTerms } from './listing-sequences';
import type { ListingSubject } from './random-listings';
import { dayAfter, ZONE, type Answer, type SeenListing } from './seen-listing';

const START_MS = Date.parse('2027-01-11T06:00:00Z');
interface Review {
  state: 'queued';
  renewDays: number | null;
  authors: string[];
  claimedBy: string | null;
  claimedUntil: Date;
}
interface Stored {
  state: ListingState;
  live: ListingContent | null;
  draft: ListingContent | null;
  revision: number;
  durationDays: number | null;
  lastDay: string | null;
  expiresAt: Date | null;
  approvedAt: Date | null;
  review: Review | null;
}

const noOthers = { listingId: null, duplicates: [], imageProbes: new Map() };
/** The statuses of accepted commands; 200 where none is named. */
const accepted: Partial<Record<ListingCommand['what'], number>> = { submit: 202, delete: 204 };

/** A listing in memory, moved by the rules of the domain as the services move the stored one. */
class ListingByDomain implements ListingSubject {
  private nowMs = START_MS;
  private readonly timeline: Event[] = [];
  private stored: Stored;
  private readonly categories: Map<string, CategoryTerms>;
  private readonly settings: PartnerListings & { timeZone: string };

  constructor({ policy: review, duration, graceDays }: NewListingTerms) {
    this.categories = new Map(categoriesOf(review).map(({ slug, terms }) => [slug, terms]));
    this.settings = { ...partnerListingsOf({ graceDays }), timeZone: ZONE };
    const draft = newContent({ description, ...patchOf(firstContent) } as ListingContent);
    requireInCategory({ content: draft, category: this.categoryOf(draft) });
    const { durationDays = null, lastDayIn } = duration;
    const lastDay = lastDayIn === undefined ? null : dayAfter(this.nowMs, lastDayIn);
    const never = { live: null, expiresAt: null, approvedAt: null, review: null };
    this.stored = { state: 'draft', draft, revision: 1, durationDays, lastDay, ...never };
    this.record('created');
  }

  private readonly categoryOf = ({ category }: { category: string }) => this.categories.get(category)!;
  now = async () => this.nowMs;
  events = async () => this.timeline;
  async pass(byMs: number): Promise<void> {
    this.nowMs += byMs;
  }

  async read(): Promise<SeenListing | null> {
    const { live, draft, revision, lastDay, expiresAt, review } = this.stored;
    if (this.stored.state === 'deleted') return null;
    const seen = { live: seenOf(live), draft: seenOf(draft), expiresAt: expiresAt?.getTime() ?? null };
    return { state: this.state, ...seen, revision, lastDay, isReviewed: review !== null };
  }

  async send(command: ListingCommand, { revision }: { revision: number }): Promise<Answer> {
    const before = this.stored;
    try {
      if (before.state === 'deleted') throw new DomainError('NOT_FOUND', 'It is deleted.');
      this.carryOut(command, revision);
      return accepted[command.what] ?? 200;
    } catch (error) {
      this.stored = before;
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  }

  private get at(): Date {
    return new Date(this.nowMs);
  }

  private get state() {
    const { state, expiresAt } = this.stored;
    if (state === 'deleted') throw new Error('The listing is deleted');
    return listingStateAt({ state, expiresAt }, this.at);
  }

  private get renewable() {
    const { lastDay, expiresAt, approvedAt } = this.stored;
    return { state: this.stored.state as Exclude<ListingState, 'deleted'>, lastDay, expiresAt, approvedAt };
  }

  private carryOut(command: ListingCommand, revision: number): void {
    switch (command.what) {
      case 'edit':
        return this.edit(patchOf(command.patch));
      case 'set_duration':
        return this.setDuration(command.days);
      case 'submit':
        return this.submit(command);
      case 'approve':
      case 'reject':
        return this.decide(command.what, command.reviewer, command.isStale ? revision + 1 : revision);
      case 'claim': {
        const review = this.requireReview(command.reviewer);
        const claimedUntil = new Date(this.nowMs + reviewTimes.claimLastsMs);
        return this.write({ review: { ...review, claimedBy: command.reviewer, claimedUntil } });
      }
      case 'delete':
        if (!canTransition<ListingState>(listingTransitions, this.stored.state, 'deleted'))
          throw new DomainError('ILLEGAL_STATE', 'It cannot be deleted.');
        this.write({ state: 'deleted' });
        return this.record('deleted');
      default:
        return this.move(command);
    }
  }

  private edit(patch: ContentPatch): void {
    const { live, draft, revision, review } = this.stored;
    const edited = editListing({ state: this.state, live, draft, patch, instantFields: this.settings.instantFields });
    if (edited.fields.length === 0) return;
    requireEdited({ live, draft }, edited, this.categoryOf);
    this.write({ live: edited.live, draft: edited.draft, revision: revision + 1 });
    this.record('updated');
    if (!review) return;
    const wantsReview = edited.draft !== null || review.renewDays !== null;
    if (wantsReview && edited.isInstant) return;
    this.write({ review: wantsReview ? { ...review, claimedBy: null } : null });
    if (wantsReview) this.check();
  }

  private setDuration(durationDays: number): void {
    if (durationDays === this.stored.durationDays) return;
    if (this.stored.live) throw new DomainError('DURATION_INVALID', 'It has been published.');
    this.write({ durationDays, lastDay: null });
    this.record('updated');
  }

  private submit({ renewDays, submittedBy }: Extract<ListingCommand, { what: 'submit' }>): void {
    const to = this.moved('submit', renewDays !== null);
    const { timeZone } = this.settings;
    if (renewDays !== null)
      requireWithinReach({ listing: this.renewable, days: renewDays, timeZone, at: this.at, field: 'renewDays' });
    const authors = [submittedBy, 'owner'].filter((id) => id !== null);
    const review: Review = { state: 'queued', renewDays, authors, claimedBy: null, claimedUntil: new Date(0) };
    this.write({ review, ...(to === 'in_review' ? { state: to } : {}) });
    this.record('submitted');
    this.check();
  }

  private check(): void {
    const content = newestContent(this.stored);
    this.record('checked');
    const category = this.categoryOf(content);
    const { outcome } = checkListing({ ...noOthers, content, category, settings: this.settings });
    if (outcome === 'approve') this.approve();
  }

  private requireReview(reviewer: string): Review {
    const { review } = this.stored;
    if (!review) throw reviewNotOpen('cancelled');
    requireReviewer({ review, reviewer, at: this.at });
    return review;
  }

  private decide(what: 'approve' | 'reject', reviewer: string, revision: number): void {
    if (this.stored.review && revision !== this.stored.revision) throw revisionChanged();
    this.requireReview(reviewer);
    if (what === 'approve') return this.approve();
    this.write({ review: null, ...(this.stored.state === 'in_review' ? { state: 'rejected' as const } : {}) });
    this.record('rejected');
  }

  private approve(): void {
    const { state, live, review, lastDay, durationDays } = this.stored;
    const { timeZone } = this.settings;
    const { renewable: listing, at } = this;
    const days = durationDays ?? this.settings.durationDays;
    this.write({ live: newestContent(this.stored), draft: null, review: null, approvedAt: at });
    if (!live) {
      this.setEnd(lastDay ?? lastDayAfter({ at: at.toISOString(), timeZone, durationDays: days }));
      this.write({ state: this.stored.expiresAt! > at ? 'live' : 'expired' });
    } else if (review?.renewDays) {
      this.setEnd(renewByApproval({ listing, days: review.renewDays, timeZone, at }));
      if (state === 'live' || state === 'expired') this.write({ state: 'live' });
    }
    this.record('approved');
    if (live && review?.renewDays) this.record('renewed');
    if (this.state === 'live') this.record('published');
  }

  private move(command: Extract<ListingCommand, { what: keyof typeof eventsOfMoves }>): void {
    const to = this.moved(command.what);
    const { timeZone, graceDays } = this.settings;
    const endsReview = this.stored.state === 'in_review';
    if (command.what === 'renew') {
      const { renewable: listing, at } = this;
      this.setEnd(renewByCommand({ listing, days: command.days, timeZone, graceDays, at }));
    }
    if (command.what === 'expire')
      this.write({ lastDay: isoDayOf({ at: this.at.toISOString(), timeZone }), expiresAt: this.at });
    this.write({ state: to, ...(endsReview ? { review: null } : {}) });
    this.record(eventsOfMoves[command.what]);
  }

  private moved(command: 'submit' | keyof typeof eventsOfMoves, renews = false) {
    const { draft, review } = this.stored;
    const listing = { ...this.renewable, hasDraft: draft !== null, isReviewed: review !== null };
    return moveByCommand({ command, listing, renews, at: this.at });
  }

  private setEnd(lastDay: string): void {
    this.write({ lastDay, expiresAt: expiryOf({ lastDay, timeZone: ZONE }) });
  }

  private write(changes: Partial<Stored>): void {
    this.stored = { ...this.stored, ...changes };
  }

  private record(name: string): void {
    const { state } = this.stored;
    const event = { type: `listing.${name}`, step: name, state, version: this.timeline.length + 1, at: this.at };
    this.timeline.push(event as Event);
  }
}

const eventsOfMoves = {
  withdraw: 'withdrawn',
  republish: 'republished',
  renew: 'renewed',
  expire: 'expired',
  suspend: 'suspended',
  reinstate: 'reinstated',
} as const;

/** Opens a listing that the domain's rules move, in memory. */
export const openListingByDomain = async (terms: NewListingTerms): Promise<ListingSubject> =>
  new ListingByDomain(terms);
