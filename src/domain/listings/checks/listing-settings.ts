import { DomainError } from '../../domain-error';
import type { ReviewPolicy } from '../categories';
import { parseBannedEntry } from './banned-words';
import type { RuleSettings } from './check-rules';

/** A partner's settings of reviews. */
export interface ListingSettings {
  /** The policy of categories without one of their own. */
  review: ReviewPolicy;
  /** Words and phrases; an entry that ends in `*` stands for every word that begins with it. */
  bannedWords: string[];
  /** The severities that differ from those of `checkRules`. */
  rules: RuleSettings;
}

export const defaultListingSettings: ListingSettings = { review: 'flagged', bannedWords: [], rules: {} };

/** Returns a partner's settings with the defaults of those that were never set. */
export const listingSettingsOf = (settings: Partial<ListingSettings> = {}): ListingSettings => ({
  ...defaultListingSettings,
  ...settings,
});

export const MAX_BANNED_WORDS = 500;

/**
 * Returns the entries, trimmed.
 * @throws DomainError `BANNED_WORDS_INVALID`, pointing at the entry: one without a letter or digit, with a `*` other
 *   than at its end, or equal to an earlier one after folding; and for more than 500
 */
export function requireBannedWords(entries: readonly string[], pointer: string): string[] {
  if (entries.length > MAX_BANNED_WORDS) {
    const detail = `bannedWords has ${entries.length} entries: send ${MAX_BANNED_WORDS} at most.`;
    throw new DomainError('BANNED_WORDS_INVALID', detail, { pointer });
  }
  const known = new Map<string, number>();
  return entries.map((text, index) => {
    const refuse = (detail: string) =>
      new DomainError('BANNED_WORDS_INVALID', detail, { pointer: `${pointer}/${index}` });
    const entry = parseBannedEntry(text);
    if (entry === null)
      throw refuse('The entry must have a letter or a digit, and a * only at its end, as in "casino*".');
    const key = `${entry.folded}${entry.isPrefix ? '*' : ''}`;
    const earlier = known.get(key);
    if (earlier !== undefined)
      throw refuse(
        `The entry is the same word as ${pointer}/${earlier}, as case and accents do not count; send it once.`,
      );
    known.set(key, index);
    return text.trim();
  });
}

/** Returns settings that a partner sent, for storage. @throws DomainError as `requireBannedWords` */
export function requireListingSettings({ bannedWords, ...others }: Partial<ListingSettings>): Partial<ListingSettings> {
  if (bannedWords === undefined) return others;
  return { ...others, bannedWords: requireBannedWords(bannedWords, '/listings/bannedWords') };
}
