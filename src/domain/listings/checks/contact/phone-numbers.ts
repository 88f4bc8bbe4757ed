import { BETWEEN_DIGITS, withoutKnownNumbers } from './known-numbers';

const numberWords: Readonly<Record<string, string>> = {
  ...valuesOf('zero one two three four five six seven eight nine'),
  ...valuesOf('null eins zwei drei vier fünf sechs sieben acht neun'),
  zwo: '2',
};
const NUMBER_WORD = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:${Object.keys(numberWords).join('|')})(?![\p{L}\p{N}])`,
  'giu',
);

/** `O151 …` */
const LETTER_FOR_ZERO = /(?<![\p{L}\p{N}])o(?=\d{2})/giu;

function valuesOf(words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word, value) => [word, String(value)]));
}

/** Digits with at most three separators between two of them. */
const RUN = new RegExp(String.raw`(?<![\p{L}\p{N}])\(?\+? ?\(?\d(?:${BETWEEN_DIGITS}{0,3}\d)*`, 'gu');

/** Words that announce a number, and what may stand between. */
const ANNOUNCED = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}])`,
    '(?:tel|telefon|telefonnummer|telephone|phone|fon|mobil|mobile|mobilnummer|handy|handynummer|whatsapp|sms|signal|',
    'telegram|call|anruf|anrufen|ruft?|text me|ring|erreichbar)',
    String.raw`[\p{Po}\p{Pd}\s)+]{0,4}`,
    String.raw`(?:(?:me|us|an|at|on|unter|nr|no|number|nummer|mich|uns|auf)[\p{Po}\p{Pd}\s]{1,4}){0,3}$`,
  ].join(''),
  'iu',
);
const LONGEST_ANNOUNCEMENT = 48;
const UNIT =
  /^\s?(?:[gtm]b|km|kg|€|\$|£|eur|usd|chf|mah|[mg]?hz|[cm]?m|ccm|ps|kw|w|v|l|x|stk|stück|pcs|px)(?![\p{L}\p{N}])/iu;

const MOST_DIGITS = 15;
const LEAST_ANNOUNCED = 6;

/** Returns the telephone numbers in a text that `contactText` returned, as they are written. */
export function phoneNumbersIn(text: string): string[] {
  const digits = withoutKnownNumbers(
    text.replace(NUMBER_WORD, (word) => numberWords[word.toLowerCase()] ?? word).replace(LETTER_FOR_ZERO, '0'),
  );
  return [...digits.matchAll(RUN)].flatMap(({ 0: run, index }) => {
    const before = digits.slice(Math.max(0, index - LONGEST_ANNOUNCEMENT), index);
    const after = digits.slice(index + run.length, index + run.length + 10);
    return phoneNumberIn({ run, isAnnounced: ANNOUNCED.test(before), hasUnit: UNIT.test(after) }) ?? [];
  });
}

interface RunInContext {
  run: string;
  isAnnounced: boolean;
  /** A unit of measure follows, so the run is a quantity unless its form says otherwise. */
  hasUnit: boolean;
}

function phoneNumberIn({ run, isAnnounced, hasUnit }: RunInContext): string | null {
  const groups = run.match(/\d+/g) ?? [];
  if (/^\(?\+/.test(run) && /^[1-9]\d{7}/.test(groups.join(''))) return run;
  if (isCounting(groups)) return null;
  const start = groups.findIndex((_group, index) => isDialled(groups.slice(index, index + MOST_DIGITS)));
  if (start !== -1) return fromGroup(run, start);
  if (hasUnit) return null;
  const count = groups.join('').length;
  if (isAnnounced && count >= LEAST_ANNOUNCED && count <= MOST_DIGITS) return run;
  return isNorthAmerican(run) || isChineseMobile(groups) ? run : null;
}

/** `01 02 03 04`: volumes, sizes or days. */
const isCounting = (groups: readonly string[]): boolean =>
  groups.length > 3 && groups.every((group, index) => index === 0 || Number(group) === Number(groups[index - 1]) + 1);

const MOST_IN_GROUP = 13;

/** A number with an international (`00`) or national (`0`) prefix; national ones have at least 9 digits. */
function isDialled(groups: readonly string[]): boolean {
  const [first = ''] = groups;
  if (first.length > MOST_IN_GROUP + 1 || !first.startsWith('0')) return false;
  return /^(?:00[1-9]\d{7}|0[1-9]\d{7})/.test(groups.join(''));
}

/** Area code and exchange of the North American Numbering Plan begin with 2 to 9. */
const isNorthAmerican = (run: string): boolean =>
  /^(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-]{1,3})[2-9]\d{2}[ .-]{1,3}\d{4}$/.test(run);

const isChineseMobile = (groups: readonly string[]): boolean =>
  (groups.length === 1 || groups.map(({ length }) => length).join() === '3,4,4') &&
  /^1[3-9]\d{9}$/.test(groups.join(''));

function fromGroup(run: string, start: number): string {
  const group = [...run.matchAll(/\d+/g)][start];
  return run.slice(group?.index ?? 0);
}

/** Returns a number with all but its first two and last two digits masked; digits beyond the longest number are cut. */
export function maskedPhoneNumber(number: string): string {
  const count = Math.min(number.replaceAll(/\D/g, '').length, MOST_DIGITS);
  let seen = 0;
  return Array.from(number.replaceAll(/\s+/g, ' '))
    .map((character) => {
      if (seen >= count) return '';
      if (!/\d/.test(character)) return character;
      seen += 1;
      return seen > 2 && seen <= count - 2 ? '•' : character;
    })
    .join('')
    .trim();
}
