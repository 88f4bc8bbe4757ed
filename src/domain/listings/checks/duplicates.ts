import { splitWords } from '../../values/split-words';
import type { CheckedContent, RuleHit } from './check-rules';

/** Another listing of the tenant with the same text (see `duplicateTextOf`), or with an image of the same URL. */
export interface FoundDuplicate {
  listingId: string;
  same: 'text' | 'image';
  hasSameOwner: boolean;
}

/**
 * Returns the text by whose hash duplicates are found: the folded words of title and description. Two listings that
 * differ in case, accents, punctuation or spaces have the same.
 */
export const duplicateTextOf = ({ title, description }: Pick<CheckedContent, 'title' | 'description'>): string =>
  [title, description].map(wordsOrSymbols).join('\n');

/** A text without a word, such as three emoji, is not the same as every other without one. */
function wordsOrSymbols(text: string): string {
  const { visible, words } = splitWords(text);
  return words.length === 0 ? visible : words.map(({ folded }) => folded).join(' ');
}

export interface DuplicateHitsInput {
  /** Null for a listing that is not stored yet. */
  listingId: string | null;
  duplicates: readonly FoundDuplicate[];
}

const kinds = {
  text: { pointer: '', evidence: 'listings with the same text' },
  image: { pointer: '/images', evidence: 'listings with an image of the same URL' },
} as const;

/** Returns a hit for each: the owner's own listings and those of others, with the same text and with the same image. */
export function duplicateHits({ listingId, duplicates }: DuplicateHitsInput): RuleHit[] {
  const hitsOf = (rule: RuleHit['rule'], hasSameOwner: boolean, same: FoundDuplicate['same']): RuleHit[] => {
    const found = duplicates.filter((duplicate) => duplicate.hasSameOwner === hasSameOwner && duplicate.same === same);
    if (found.length === 0) return [];
    const listingIds = [...(listingId === null ? [] : [listingId]), ...found.map(({ listingId }) => listingId)];
    const { pointer, evidence } = kinds[same];
    return [{ rule, pointer, evidence: `${evidence}: ${found.length}`, listingIds }];
  };
  return (['text', 'image'] as const).flatMap((same) => [
    ...hitsOf('duplicate_of_own', true, same),
    ...hitsOf('duplicate_of_other', false, same),
  ]);
}
