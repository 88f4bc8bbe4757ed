import { foldText, visibleText } from './fold-text';
import { countDifferentWords, splitWords } from './split-words';

const folded = (text: string): string[] => splitWords(text).words.map(({ folded }) => folded);

describe('folding a text', () => {
  it.each([
    ['Straße', 'STRASSE', 'strasse'],
    ['GROẞ', 'groß', 'gross'],
    ['Café', 'CAFE\u0301', 'cafe'],
    ['Ærø', 'AERO', 'aero'],
    ['İstanbul', 'ISTANBUL', 'istanbul'],
    ['ﬁne', 'ＦＩＮＥ', 'fine'],
    ['zu\u00adsammen', 'zu\u200bsammen', 'zusammen'],
    ['ΟΔΟΣ', 'οδος', 'οδοσ'],
    ['sсаm', 'SCAM', 'scam'],
    ['مُدَرِّس', 'مدرس', 'مدرس'],
    ['שָׁלוֹם', 'שלום', 'שלום'],
    ['z\u0301\u0302\u0303algo', 'Zalgo', 'zalgo'],
  ])('makes %s and %s equal', (one, other, both) => {
    expect([foldText(one), foldText(other)]).toEqual([both, both]);
  });

  it.each([
    ['が', 'か'],
    ['कि', 'क'],
    ['ที่', 'ท'],
    ['сон', 'coh'],
  ])('keeps %s and %s apart', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it('keeps case and accents of the visible text', () => {
    expect(visibleText('Ｃａｆé\u200b Ⅳ')).toBe('Café IV');
  });
});

describe('splitting a text', () => {
  it.each([
    ["It's a rock-n-roll snake_case end.Begin", ['it', 's', 'a', 'rock', 'n', 'roll', 'snake', 'case', 'end', 'begin']],
    ['网络赌博平台', ['网络', '赌博', '平台']],
    ['東京カジノで遊ぶ', ['東京', 'カジノ', 'で', '遊ぶ']],
    [' … 👍 !', []],
  ])('finds the words of %s', (text, words) => {
    expect(folded(text)).toEqual(words);
  });

  it('counts equal words once', () => {
    expect(countDifferentWords(splitWords('Rad RAD rád, Räder'))).toBe(2);
  });

  it('keeps the position of each word in the visible text', () => {
    const { visible, words } = splitWords('Ｇut \u200berhaltene Straße');
    expect(words.map(({ start, end }) => visible.slice(start, end))).toEqual(['Gut', 'erhaltene', 'Straße']);
  });
});
