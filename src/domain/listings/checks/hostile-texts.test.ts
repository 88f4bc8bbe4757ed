import * as fc from 'fast-check';
import { lengthOf } from '../../values/text';
import { checkListing, type ListingCheck } from './check-listing';
import { checkRules } from './check-rules';
import { defaultListingSettings } from './listing-settings';

const bannedWords = ['a a a a a a b', 'aaaaaaaaab', '1 1 1*', 'spam', '赌博'];

const check = (description: string): ListingCheck =>
  checkListing({
    content: { title: description.slice(0, 120), description, price: null, attributes: {}, images: [], place: null },
    category: { attributes: [], price: null, review: null },
    settings: { ...defaultListingSettings, bannedWords },
    listingId: null,
    duplicates: [],
    imageProbes: new Map(),
  });

const filled = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** Parts of which a text is made that is expensive for a careless pattern. */
const parts = [
  'a',
  'a ',
  '1',
  '1 ',
  '0 1 5 ',
  '0 ',
  'a@',
  'a.',
  '.',
  '-',
  '1-',
  ' ',
  '+1',
  '(',
  'a@a.',
  'www.',
  'http://',
  'isbn 1 ',
  ' at ',
  'a dot ',
  'call me ',
  'AB12CD34',
  '978-1-',
  '212-',
  '01.02.',
  '10:10-',
  '赌',
  'ก',
  '\u0301',
  '\u200d',
  '٠',
];

describe('a hostile text', () => {
  it.each(parts)('of 10,000 characters made of "%s" has few and short findings', (part) => {
    const { findings, score } = check(filled(part, 10_000));
    expect(findings.length).toBeLessThanOrEqual(2 * (Object.keys(checkRules).length + bannedWords.length));
    expect(Math.max(0, ...findings.map(({ evidence }) => lengthOf(evidence)))).toBeLessThanOrEqual(60);
    expect(score).toBeLessThan(50);
  });

  it('of any characters is checked, twice with the same result', () => {
    const pieces = fc.constantFrom(
      ...parts,
      'spam',
      '@web.de',
      '0151',
      'ß',
      '\ud83d',
      '\n',
      '!',
      'X',
      '\u202e',
      '\ufdfa',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, (description) => {
        const checked = check(description);
        expect(checked).toEqual(check(description));
        expect(Number.isInteger(checked.score) && checked.score >= 0 && checked.score <= 100).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('hides a number neither by its separators nor by what stands around it', () => {
    const separator = fc.constantFrom('', ' ', '-', '.', '/', ' - ', '\u200b', '\u00a0', '_', '·', ' . ');
    const around = fc.constantFrom('Fahrrad, 28 Zoll ', 'Baujahr 2019 ', 'ruf an: ', '(', 'nur 50 € ', '\n', '…');
    fc.assert(
      fc.property(around, fc.array(separator, { minLength: 9, maxLength: 9 }), around, (before, separators, after) => {
        const number = Array.from('0151723946')
          .map((digit, index) => `${digit}${separators[index] ?? ''}`)
          .join('');
        expect(check(`${before}${number} ${after}`).findings.map(({ rule }) => rule)).toContain('phone_number');
      }),
      { numRuns: 200 },
    );
  });

  // Processor time, not the clock's; work that grew with the square of the length would take 64 times as much.
  it.each(parts)('made of "%s" takes time in proportion to its length', (part) => {
    const timeFor = (length: number): number => {
      const text = filled(part, length);
      const before = process.cpuUsage();
      check(text);
      return process.cpuUsage(before).user;
    };
    const ratio = () => timeFor(24_000) / (timeFor(3_000) + 1_000);
    // V8 may compile or collect in one of them.
    let least = ratio();
    for (let again = 0; again < 3 && least >= 32; again += 1) least = Math.min(least, ratio());
    expect(least).toBeLessThan(32);
  });
});
