import { splitWords } from '../../values/split-words';
import type { CheckedContent, RuleHit } from './check-rules';

/** Another listing of the tenant whose `duplicateTextOf` is the same. */
export interface FoundDuplicate {
  listingId: string;
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

/** Returns one hit for the owner's own listings with the same text, and one for those of others. */
export function duplicateHits({ listingId, duplicates }: DuplicateHitsInput): RuleHit[] {
  const hitsOf = (rule: RuleHit['rule'], hasSameOwner: boolean): RuleHit[] => {
    const found = duplicates.filter((duplicate) => duplicate.hasSameOwner === hasSameOwner);
    if (found.length === 0) return [];
    const listingIds = [...(listingId === null ? [] : [listingId]), ...found.map(({ listingId }) => listingId)];
    return [{ rule, pointer: '', evidence: `listings with the same text: ${found.length}`, listingIds }];
  };
  return [...hitsOf('duplicate_of_own', true), ...hitsOf('duplicate_of_other', false)];
}
