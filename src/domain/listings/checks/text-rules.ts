import { splitWords, type SplitText } from '../../values/split-words';
import { findBannedWords, type BannedEntry } from './banned-words';
import { shortened, type CheckedContent, type RuleHit } from './check-rules';
import { contactText } from './contact/contact-text';
import { emailsIn, maskedEmail, withoutEmails } from './contact/email-in-text';
import { bareLinks, linksWithScheme, withoutSchemes } from './contact/links-in-text';
import { maskedPhoneNumber, phoneNumbersIn } from './contact/phone-numbers';
import { findShouting } from './shouting';

export interface TextOfListing {
  /** JSON pointer into the content. */
  pointer: string;
  text: string;
  split: SplitText;
}

/** Returns every text of a listing that buyers read; the title comes first, the description second. */
export const textsOf = ({
  title,
  description,
  attributes,
  images,
  place,
}: CheckedContent): [TextOfListing, TextOfListing, ...TextOfListing[]] => [
  textAt('/title', title),
  textAt('/description', description),
  ...(place ? [textAt('/place/name', place.name)] : []),
  ...Object.entries(attributes).flatMap(([key, value]) =>
    typeof value === 'string' ? [textAt(`/attributes/${key}`, value)] : [],
  ),
  ...images.flatMap(({ alt }, index) => (alt === null ? [] : [textAt(`/images/${index}/alt`, alt)])),
];

const textAt = (pointer: string, text: string): TextOfListing => ({ pointer, text, split: splitWords(text) });

/** Banned words beyond these say nothing new. */
const MOST_BANNED_WORDS = 10;

/** Returns the hits of the rules about one text: contact details, shouting and banned words. */
export function textHits({ pointer, text, split }: TextOfListing, bannedWords: readonly BannedEntry[]): RuleHit[] {
  const banned = findBannedWords(split, bannedWords).slice(0, MOST_BANNED_WORDS);
  return [
    ...contactHits(text),
    ...hitsOf('shouting', findShouting(text)),
    ...banned.flatMap((written) => hitsOf('banned_word', shortened(written))),
  ].map((hit) => ({ ...hit, pointer }));
}

type Hit = Omit<RuleHit, 'pointer'>;

const hitsOf = (rule: Hit['rule'], evidence: string | null): Hit[] => (evidence === null ? [] : [{ rule, evidence }]);

function contactHits(text: string): Hit[] {
  const searched = contactText(text);
  const [phoneNumber] = phoneNumbersIn(searched);
  const schemeless = withoutSchemes(searched);
  const [email] = emailsIn(schemeless);
  const [link] = [...linksWithScheme(searched), ...bareLinks(withoutEmails(schemeless))];
  return [
    ...hitsOf('phone_number', phoneNumber === undefined ? null : maskedPhoneNumber(phoneNumber)),
    ...hitsOf('email_address', email === undefined ? null : shortened(maskedEmail(email))),
    ...hitsOf('link', link === undefined ? null : shortened(link)),
  ];
}

const LEAST_TITLE_WORDS = 2;
const LEAST_DESCRIPTION_WORDS = 10;

/** Returns the hits of the rules about length, from the numbers of different words. */
export function lengthHits({
  titleWords,
  descriptionWords,
}: {
  titleWords: number;
  descriptionWords: number;
}): RuleHit[] {
  const hits: RuleHit[] = [];
  if (titleWords < LEAST_TITLE_WORDS)
    hits.push({ rule: 'short_title', pointer: '/title', evidence: `different words: ${titleWords}` });
  if (descriptionWords < LEAST_DESCRIPTION_WORDS)
    hits.push({ rule: 'thin_description', pointer: '/description', evidence: `different words: ${descriptionWords}` });
  return hits;
}
