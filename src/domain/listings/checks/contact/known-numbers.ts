/** Check digits by GS1 General Specifications §7.9: weights 1 and 3, from the right. */
function isGtin(digits: string): boolean {
  const sum = Array.from(digits).reduceRight(
    (sum, digit, index) => sum + Number(digit) * ((digits.length - 1 - index) % 2 === 0 ? 1 : 3),
    0,
  );
  return sum % 10 === 0;
}

/** ISO 2108 before 2007: weights 10 to 1, modulo 11, `X` for ten. */
function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[- ]/g, '');
  const sum = Array.from(digits).reduce(
    (sum, digit, index) => sum + (digit === 'X' ? 10 : Number(digit)) * (10 - index),
    0,
  );
  return digits.length === 10 && sum % 11 === 0;
}

const LABEL =
  'isbn|ean|gtin|upc|imei|oem|oe|sku|asin|lego|vin|fin|s/n|p/n|' +
  '(?:art|artikel|teile?|bestell|serien|modell|ersatzteil|oem|part|item|serial|model|order|product)' +
  String.raw`[-.\s]{0,2}(?:nummern?|numbers?|nr|no|#)`;

/** A separator that may stand between two digits of a telephone number. */
export const BETWEEN_DIGITS = String.raw`[ \t()./\-\u2010-\u2015\u2212_·•*~|]`;

const DECIMAL = String.raw`\d{1,3}[.,]\d{1,3}`;

const TIME = String.raw`(?:[01]?\d|2[0-4])[.:][0-5]\d`;

interface KnownNumber {
  pattern: RegExp;
  isKnown?: (text: string) => boolean;
}

/** Matches where no other digits stand so close that all could be one number. */
const alone = (pattern: string): KnownNumber => ({
  pattern: new RegExp(
    String.raw`(?<!\d(?:,|${BETWEEN_DIGITS}{0,3})|\+)${pattern}(?!,?\d|${BETWEEN_DIGITS}{1,3}\d)`,
    'g',
  ),
});

/** Numbers that are no telephone numbers, though their digits could be. */
const knownNumbers: readonly KnownNumber[] = [
  // An article's, part's or device's number after its label.
  {
    pattern: new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:${LABEL})(?:-1[03])?[\s.:#]{0,3}(?:\d{8,}|\d(?:[ ./-]?\d){0,14})(?!\d)`,
      'giu',
    ),
  },
  { pattern: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){3,7}(?: ?[\dA-Z]{1,3})?(?![\p{L}\p{N}])/gu },
  {
    pattern: /(?<!\d|\d[- ])97[89][- ](?:\d{1,7}[- ]){3}\d(?!\d)/g,
    isKnown: (text) => isGtin(text.replaceAll(/\D/g, '')),
  },
  { pattern: /(?<!\d|\d[- ])\d{1,5}-\d{1,7}-\d{1,7}-[\dX](?!\d)/g, isKnown: isIsbn10 },
  { pattern: /(?<!\d)(?!00)\d{13}(?!\d)/g, isKnown: isGtin },
  // Dates, months with a year, spans of years and times.
  { pattern: /(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d(?!\d)/g },
  { pattern: /(?<!\d|\d[./-])(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d(?!\d|[./-]\d)/g },
  { pattern: /(?<!\d)(?:19|20)\d\d([./-])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)/g },
  { pattern: /(?<!\d|\d[./-])(?:0[1-9]|1[0-2])[./-](?:19|20)\d\d(?!\d)/g },
  { pattern: /(?<!\d)(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d(?!\d)/g },
  alone(String.raw`${TIME} ?[-–] ?${TIME}`),
  // Decimals, also in a row.
  alone(String.raw`${DECIMAL}(?: ${DECIMAL})*`),
];

/** Returns the text with a letter in the place of every number that is known not to be a telephone number. */
export const withoutKnownNumbers = (text: string): string =>
  knownNumbers.reduce(
    (left, { pattern, isKnown = () => true }) => left.replace(pattern, (found) => (isKnown(found) ? 'x' : found)),
    text,
  );
