import { isFreeText, isLine, isStorable, lengthOf } from './text';

const hex = (text: string): string => Array.from(text, (each) => each.codePointAt(0)?.toString(16)).join(' ');

describe('printable ASCII', () => {
  it.each(['a', ' ~ ', '!', 'Ada Lovelace <ada@example.com>', '"\\'])('%j is a name, a note and storable', (text) =>
    expect([isLine(text), isFreeText(text), isStorable(text)]).toEqual([true, true, true]),
  );

  it.each(['', ' ', '   '])('%j shows nothing, and can only be stored', (text) =>
    expect([isLine(text), isFreeText(text), isStorable(text)]).toEqual([false, false, true]),
  );

  it.each(['a\n', '\ta', 'a\x7f', 'a\n\0'])('%j has a control character, which is judged as ever', (text) =>
    expect([isLine(text), isFreeText(text), isStorable(text)]).toEqual([
      false,
      /^[a\n\t]*$/.test(text),
      !text.includes('\0'),
    ]),
  );
});

describe('a name', () => {
  it.each([
    ['plain', 'Ada Lovelace'],
    ['Hebrew', 'עדה לאבלייס'],
    ['Persian, with a non-joiner', 'علی\u200cرضا'],
    ['Hindi, with a joiner after a virama', 'क्\u200dष'],
    ['Malayalam, with a joiner at its end', 'ന്\u200d'],
    ['Japanese, with a variation selector', '葛\u{e0100}城'],
    ['a family emoji', '👨\u200d👩\u200d👧'],
    ['a coloured heart', '❤\ufe0f'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['the flag of Wales', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}'],
    ['a decomposed accent', 'Ade\u0300le'],
  ])('may be %s', (_what, text) => expect([hex(text), isLine(text)]).toEqual([hex(text), true]));

  const refusedEverywhere: [string, string][] = [
    ['nothing', ''],
    ['spaces only', ' \u00a0\u3000'],
    ['an empty braille pattern only', '\u2800'],
    ['a Hangul filler', '\u3164'],
    ['NUL', 'A\0B'],
    ['a C1 control', 'A\u009bB'],
    ['the next line control', 'A\u0085B'],
    ['half a character', 'A\ud800B'],
    ['a noncharacter', 'A\uffffB'],
    ['a zero-width space', 'A\u200bB'],
    ['a byte order mark', '\ufeffA'],
    ['a soft hyphen', 'A\u00adB'],
    ['a joiner between Latin letters', 'A\u200dB'],
    ['a selector behind a Latin letter', 'A\ufe0fB'],
    ['a tag behind no flag', 'A\u{e0061}\u{e007f}'],
    ['a right-to-left override', 'A\u202eB'],
    ['an isolate', 'A\u2066B\u2069'],
    ['a left-to-right mark', 'A\u200eB'],
    ['an Arabic letter mark', 'ا\u061cب'],
  ];
  it.each([
    ...refusedEverywhere,
    ['a line feed', 'A\nB'],
    ['a tab', 'A\tB'],
    ['a line separator', 'A\u2028B'],
    ['a paragraph separator', 'A\u2029B'],
  ])('is not %s', (_what, text) => expect([hex(text), isLine(text)]).toEqual([hex(text), false]));

  it.each(refusedEverywhere)('and neither is a note %s', (_what, text) => expect(isFreeText(text)).toBe(false));
});

describe('a note', () => {
  it.each(['A\tB', 'A\nB', 'A\r\nB', 'A\u2028B', 'A\u2029B'])('may have tabs and line breaks', (text) =>
    expect(isFreeText(text)).toBe(true),
  );
  it.each(['A\u000bB', 'A\u000cB', 'A\u0085B', '\n\t'])('has no other controls, and a visible character', (text) =>
    expect(isFreeText(text)).toBe(false),
  );
});

describe('a value that is only stored for the partner', () => {
  it('may be any text that is returned as it was sent', () => {
    expect(['', ' ', 'A\u2028\u200b\u0007'].map(isStorable)).toEqual([true, true, true]);
    expect(['a\0b', '\ud800', 'x\udc00'].map(isStorable)).toEqual([false, false, false]);
  });
});

it.each([
  ['Ada', 3],
  ['😀', 1],
  ['👨\u200d👩', 3],
  ['', 0],
])('the length of %j is %i code points', (text, length) => expect(lengthOf(text)).toBe(length));
