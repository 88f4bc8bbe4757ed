import type { ListingContent } from '../content';

export const severities = ['block', 'review', 'info'] as const;
/** `block`: the listing is rejected. `review`: a person decides. `info`: a remark for the reviewer. */
export type Severity = (typeof severities)[number];

/** Every rule with its severity unless the partner sets another one. No rule blocks by itself. */
export const checkRules = {
  attribute_missing: { severity: 'review', finds: 'a required attribute of the category without a value' },
  attribute_invalid: { severity: 'review', finds: "an attribute that the category's definition does not allow" },
  price_missing: { severity: 'review', finds: 'no price where the category requires one' },
  price_out_of_bounds: { severity: 'review', finds: "a price outside the category's bounds, or in another currency" },
  short_title: { severity: 'info', finds: 'a title of a single word' },
  thin_description: { severity: 'info', finds: 'a description with fewer than 10 different words' },
  shouting: { severity: 'info', finds: 'mostly words in capitals, or three `!` or `?` in a row' },
  phone_number: { severity: 'review', finds: 'a telephone number, also spaced out or in words' },
  email_address: { severity: 'review', finds: 'an e-mail address, also written with `(at)` or spaces' },
  link: { severity: 'review', finds: 'a web address, with or without a scheme' },
  banned_word: { severity: 'review', finds: 'a word of `bannedWords`, as a whole word' },
  image_invalid: { severity: 'review', finds: 'an image URL that serves no JPEG, PNG, WebP, AVIF or GIF' },
  image_refused: { severity: 'review', finds: 'an image URL that leads to a private or reserved address' },
  image_unavailable: { severity: 'info', finds: 'an image URL without a response in three tries' },
  duplicate_of_own: {
    severity: 'info',
    finds: 'the same text, or the URL of an image, in another listing of the owner',
  },
  duplicate_of_other: {
    severity: 'review',
    finds: "the same text, or the URL of an image, in another owner's listing",
  },
} as const satisfies Record<string, { severity: Severity; finds: string }>;

export type CheckRule = keyof typeof checkRules;

/** A partner's severity of a rule; `off` drops its findings. */
export const ruleSettings = [...severities, 'off'] as const;
export type RuleSettings = Readonly<Partial<Record<CheckRule, (typeof ruleSettings)[number]>>>;

export interface Finding {
  rule: CheckRule;
  severity: Severity;
  /** JSON pointer into the listing's content; empty for all of it. */
  pointer: string;
  /** A short part of the text, or a fact; numbers and addresses of persons are masked. */
  evidence: string;
  /** Of the duplicate rules: the listings that are alike, the checked one first where it has an id. */
  listingIds?: string[];
}

/** A finding before the partner's settings give it its severity. */
export type RuleHit = Omit<Finding, 'severity'>;

/** Returns the findings of the rules that are on, each with its severity. */
export const withSeverity = (hits: readonly RuleHit[], rules: RuleSettings): Finding[] =>
  hits.flatMap(({ rule, ...hit }) => {
    const severity = rules[rule] ?? checkRules[rule].severity;
    return severity === 'off' ? [] : [{ rule, severity, ...hit }];
  });

/** The parts of a listing's content that the rules look at. */
export type CheckedContent = Pick<
  ListingContent,
  'title' | 'description' | 'price' | 'attributes' | 'images' | 'place'
>;

const MAX_EVIDENCE = 60;

/** Returns the beginning of a text, short enough for evidence. */
export function shortened(text: string): string {
  const line = Array.from(text.slice(0, 2 * MAX_EVIDENCE).replace(/\s+/g, ' '));
  return line.length > MAX_EVIDENCE ? `${line.slice(0, MAX_EVIDENCE - 1).join('')}…` : line.join('');
}
