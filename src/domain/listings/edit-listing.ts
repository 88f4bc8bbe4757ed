import { patchContent, withImages, type ContentPatch, type ListingContent } from './content';
import type { ListingState } from './listing';
import type { InstantField } from './review-settings';
import { changedFields, differencesOf } from './revisions';

export interface EditListingInput {
  /** The state at the time of the edit; see `listingStateAt`. */
  state: ListingState;
  /** The content that buyers see, or saw; null before it is published. */
  live: ListingContent | null;
  /** The content that is being edited or reviewed; null where nothing differs from `live`. */
  draft: ListingContent | null;
  patch: ContentPatch;
  /** The partner's setting: the fields that reach buyers without a review. */
  instantFields: readonly InstantField[];
}

export interface EditedListing {
  live: ListingContent | null;
  draft: ListingContent | null;
  /** The newest content, which becomes a revision. */
  newest: ListingContent;
  /** The fields that changed, in the order of the content's fields; none for an edit that changes nothing. */
  fields: string[];
  /**
   * True where buyers see all that changed already, and no price is gone: nothing of it is left to review, so a review
   * of the draft goes on.
   */
  isInstant: boolean;
}

/**
 * Edits a listing. While it is live the instant fields change what buyers see; every other change waits in the draft.
 * So does a price while the draft is in another category than `live`, whose bounds and currency it belongs to.
 * @throws DomainError as `newContent`
 */
export function editListing({ state, live, draft, patch, ...input }: EditListingInput): EditedListing {
  const before = newestContent({ live, draft });
  const newest = patchContent(before, patch);
  const isMoving = live !== null && live.category !== newest.category;
  const instantFields = input.instantFields.filter((field) => field !== 'price' || !isMoving);
  const liveAfter = live && state === 'live' ? withInstantFields({ live, newest, patch, instantFields }) : live;
  const changed = changedFields([
    ...differencesOf(before, newest),
    ...(live && liveAfter ? differencesOf(live, liveAfter) : []),
  ]);
  const hasLostPrice = before.price !== null && newest.price === null;
  return {
    live: liveAfter,
    draft: liveAfter && differencesOf(liveAfter, newest).length === 0 ? null : newest,
    newest,
    fields: Object.keys(newest).filter((field) => changed.includes(field)),
    isInstant: state === 'live' && changed.every((field) => isAmong(instantFields, field)) && !hasLostPrice,
  };
}

const isAmong = (instantFields: readonly string[], field: string): boolean => instantFields.includes(field);

function withInstantFields({
  live,
  newest,
  patch,
  instantFields,
}: {
  live: ListingContent;
  newest: ListingContent;
  patch: ContentPatch;
  instantFields: readonly InstantField[];
}): ListingContent {
  const sent = instantFields.filter((field) => patch[field] !== undefined);
  return { ...live, ...Object.fromEntries(sent.map((field) => [field, newest[field]])) };
}

/** Returns the content as it was last edited. Throws for a listing without any content. */
export function newestContent({ live, draft }: Pick<EditListingInput, 'live' | 'draft'>): ListingContent {
  const newest = draft ?? live;
  if (!newest) throw new Error('A listing has a draft until it is published');
  return withImages(newest);
}
