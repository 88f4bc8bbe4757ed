const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Marks that no script counts as part of a letter, but the two of Japanese: accents, Hebrew points, Arabic vowels. */
const ACCENT = /(?!\u3099|\u309a)(?=\p{Mn})[\p{Script=Inherited}\p{Script=Hebrew}]/gu;

/** Letters that Unicode does not decompose, as they are written without them. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const PLAIN_LETTER = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g');

/** Cyrillic and Greek letters that look like a Latin one, and that letter. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsһhԁdкkοoαaεeιiκkνvρpτtυuχx'.matchAll(/(.)(.)/gu)].map(([, from = '', to = '']) => [
    from,
    to,
  ]),
);
const LOOK_ALIKE = new RegExp(`[${[...lookAlikes.keys()].join('')}]`, 'g');
const LATIN = /\p{Script=Latin}/u;

/** Returns the text as it looks: full-width forms and ligatures as plain letters, without invisible characters. */
export const visibleText = (text: string): string => text.normalize('NFKC').replace(INVISIBLE, '');

/**
 * Returns the form in which two texts are compared that differ in case, in accents or in look-alike letters: `Straße`
 * and `STRASSE`, `Café` and `cafe`, and `sсam` with a Cyrillic letter and `scam`. Marks that make another letter in
 * their script (Japanese, Indic, Thai) stay.
 */
export const foldText = (text: string): string =>
  visibleText(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(ACCENT, '')
    .normalize('NFC')
    .replace(PLAIN_LETTER, (letter) => plainLetters[letter] ?? letter)
    .replace(/\p{L}+/gu, withoutLookAlikes);

const withoutLookAlikes = (word: string): string =>
  LATIN.test(word) ? word.replace(LOOK_ALIKE, (letter) => lookAlikes.get(letter) ?? letter) : word;
