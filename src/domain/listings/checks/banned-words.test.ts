import { splitWords } from '../../values/split-words';
import { findBannedWords, parseBannedEntries, parseBannedEntry } from './banned-words';
import { MAX_BANNED_WORDS, requireBannedWords } from './listing-settings';

const find = (text: string, ...entries: string[]): string[] =>
  findBannedWords(splitWords(text), parseBannedEntries(entries));

describe('a banned word', () => {
  it.each([
    ['cunt', 'Scunthorpe'],
    ['sex', 'Essex, Sussex and sextant'],
    ['ass', 'Klassenfahrt, assassin, Klasse, Massage'],
    ['博', '网络赌博平台'],
    ['casino', 'Casinos'],
    ['casino*', 'Onlinecasino'],
    ['buy now', 'Do not buy. Now it is sold'],
    ['buy now', 'buy\nnow'],
    ['buy now', 'buynow'],
    ['replica watch', 'replica of a watch'],
    ['ml', 'Größen S M L verfügbar'],
    ['sm', 'S M'],
    ['sm*', 'Größen S M L'],
    ['bcd', 'A B C D E'],
    ['bcd', 'a) b) c) d)'],
    ['cde', 'A B C D E'],
    ['abc', 'A B C D E'],
    ['abc*', 'Z A B C D E'],
    ['smx', 'U.S. M. X, S.M.L'],
  ])('%s is not found in: %s', (entry, text) => {
    expect(find(text, entry)).toEqual([]);
  });

  it.each([
    ['SCHEISSE', 'So eine Scheiße', 'Scheiße'],
    ['nuß', 'NUSS und Kern', 'NUSS'],
    ['casino*', 'Online-Casinospiele', 'Casinospiele'],
    ['buy now', 'buy - now', 'buy - now'],
    ['buy now', 'BUY   Now', 'BUY   Now'],
    ['赌博', '网络赌博平台', '赌博'],
    ['赌博平台', '网络赌博平台', '赌博平台'],
    ['カジノ', '東京カジノで遊ぶ', 'カジノ'],
    ['scam', 's.c.a.m', 's.c.a.m'],
    ['scam', 'a S C A M', 'S C A M'],
    ['scam', 'this is a s c a m', 's c a m'],
    ['scam', 'THIS IS A S C A M', 'S C A M'],
    ['scam', 'B s.c.a.m X', 's.c.a.m'],
    ['scam', 's C a M', 's C a M'],
    ['scam', '5 s c a m', 's c a m'],
    ['scam', 's c a m 5', 's c a m'],
    ['scam*', 'the S-C-A-M-M-E-R', 'S-C-A-M-M-E-R'],
    ['abc', 'A B C', 'A B C'],
    ['scam', 'sc\u200bam', 'scam'],
    ['scam', 'well.Scam', 'Scam'],
    ['x-ray', 'X-Ray', 'X-Ray'],
  ])('%s is found in: %s', (entry, text, written) => {
    expect(find(text, entry)).toEqual([written]);
  });

  it('is reported once an entry, as it is written first', () => {
    expect(find('Spam, spam and HAM', 'ham', 'spam', 'eggs')).toEqual(['HAM', 'Spam']);
  });
});

describe('an entry of banned words', () => {
  it.each(['', ' ', '*', '…', 'a*b', '**', '*a', 'a**', '👍'])('cannot be: "%s"', (entry) => {
    expect(parseBannedEntry(entry)).toBeNull();
  });

  it.each([
    [['spam', ' SPÄM '], 'is the same word as /words/0'],
    [['a*', 'A*'], 'is the same word as /words/0'],
    [['spam', '!'], 'must have a letter or a digit'],
  ])('is refused: %j', (entries, detail) => {
    expect(() => requireBannedWords(entries, '/words')).toThrow(
      expect.objectContaining({
        code: 'BANNED_WORDS_INVALID',
        pointer: '/words/1',
        message: expect.stringContaining(detail) as string,
      }),
    );
  });

  it('is stored without the space around it, and a prefix is another entry than its word', () => {
    expect(requireBannedWords([' spam', 'Spam*'], '/words')).toEqual(['spam', 'Spam*']);
  });

  it('is one of 500 at most', () => {
    const words = Array.from({ length: MAX_BANNED_WORDS + 1 }, (_, index) => `word${index}`);
    expect(requireBannedWords(words.slice(1), '/words')).toHaveLength(500);
    expect(() => requireBannedWords(words, '/words')).toThrow(expect.objectContaining({ pointer: '/words' }));
  });
});
