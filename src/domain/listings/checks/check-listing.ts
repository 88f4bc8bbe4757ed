import { countDifferentWords } from '../../values/split-words';
import type { ReviewPolicy } from '../categories';
import { parseBannedEntries } from './banned-words';
import { categoryHits, type CheckedCategory } from './category-rules';
import { withSeverity, type CheckedContent, type Finding } from './check-rules';
import { duplicateHits, type FoundDuplicate } from './duplicates';
import type { ListingSettings } from './listing-settings';
import { imageHits, type ImageProbes } from './image-rules';
import { qualityScore } from './quality-score';
import { lengthHits, textHits, textsOf } from './text-rules';

/** Grows with every change after which equal content may get another score or other findings. */
export const CHECKS_VERSION = 4;

/** A listing below this score wants a person. */
export const LEAST_SCORE = 50;

export interface CheckListingInput {
  content: CheckedContent;
  category: CheckedCategory;
  settings: ListingSettings;
  /** Null for a listing that is not stored yet. */
  listingId: string | null;
  duplicates: readonly FoundDuplicate[];
  /** Empty where no image was called. */
  imageProbes: ImageProbes;
}

/** `approve`: without a person. `review`: a person decides. `reject`: a rule that the partner set to `block` did. */
export const checkOutcomes = ['approve', 'review', 'reject'] as const;
export type CheckOutcome = (typeof checkOutcomes)[number];

export interface ListingCheck {
  /** The version of the rules. */
  version: number;
  /** Quality, from 0 to 100; see `scoreParts`. */
  score: number;
  findings: Finding[];
  outcome: CheckOutcome;
}

/** Checks the content of a listing by every rule. Equal input has an equal result in each version. */
export function checkListing(input: CheckListingInput): ListingCheck {
  const { content, category, settings, listingId, duplicates, imageProbes } = input;
  const texts = textsOf(content);
  const [titleWords, descriptionWords] = [countDifferentWords(texts[0].split), countDifferentWords(texts[1].split)];
  const bannedWords = parseBannedEntries(settings.bannedWords);
  const hits = [
    ...categoryHits(content, category),
    ...lengthHits({ titleWords, descriptionWords }),
    ...texts.flatMap((text) => textHits(text, bannedWords)),
    ...imageHits(content.images, imageProbes),
    ...duplicateHits({ listingId, duplicates }),
  ];
  const score = qualityScore({
    titleWords,
    descriptionWords,
    attributesOfCategory: category.attributes.length,
    attributesWithValue: category.attributes.filter(({ key }) => Object.hasOwn(content.attributes, key)).length,
    hasPrice: content.price !== null,
    isShouting: hits.some(({ rule }) => rule === 'shouting'),
  });
  const findings = withSeverity(hits, settings.rules);
  return {
    version: CHECKS_VERSION,
    score,
    findings,
    outcome: outcomeOf({ policy: category.review ?? settings.review, findings, score }),
  };
}

export interface OutcomeInput {
  policy: ReviewPolicy;
  findings: readonly Pick<Finding, 'severity'>[];
  score: number;
}

/**
 * Returns what follows from a check. Under `always` a person decides in every case; under `never` nobody does, and only
 * a rule set to `block` stops a listing.
 */
export function outcomeOf({ policy, findings, score }: OutcomeInput): CheckOutcome {
  const has = (wanted: Finding['severity']) => findings.some(({ severity }) => severity === wanted);
  if (policy === 'always') return 'review';
  if (has('block')) return 'reject';
  return policy === 'flagged' && (has('review') || score < LEAST_SCORE) ? 'review' : 'approve';
}
