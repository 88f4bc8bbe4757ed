/** Half of a character (a lone surrogate), or one that Unicode never assigns. */
const BROKEN = /[\p{Cs}\p{Noncharacter_Code_Point}]/u;
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_TAB_AND_BREAK = /(?![\t\n\r])\p{Cc}/u;
const LINE_OR_PARAGRAPH_SEPARATOR = /[\p{Zl}\p{Zp}]/u;
/** Includes every direction control (Bidi_Control), which would change how a reader understands the text. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** U+2800, the empty braille pattern, is a symbol that shows nothing. */
const VISIBLE = /(?!\u2800)[^\p{White_Space}\p{C}\p{M}\p{Default_Ignorable_Code_Point}]/u;

/** Printable ASCII, which most texts are: one search instead of six. */
const PRINTABLE_ASCII = /^[ -~]*$/;
const VISIBLE_ASCII = /^ *[!-~][ -~]*$/;

/** Scripts in which a joiner or non-joiner changes how a word is written (UAX 31, table of joining scripts). */
const JOINING = ['Arab', 'Beng', 'Deva', 'Gujr', 'Guru', 'Khmr', 'Knda', 'Mlym', 'Mong', 'Mymr', 'Nkoo', 'Orya', 'Sinh']
  .concat(['Syrc', 'Taml', 'Telu'])
  .map((script) => String.raw`\p{Script_Extensions=${script}}`)
  .join('');

/** Invisible characters in valid places: they shape their neighbours. */
const WELL_PLACED = new RegExp(
  [
    String.raw`(?<=[${JOINING}])[\u200c\u200d]`,
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\p{scx=Han}\p{Script=Mongolian}\p{Script=Myanmar}\p{Extended_Pictographic}\p{Sm}])\p{VS}`,
    String.raw`(?<=[\d#*])\ufe0f(?=\u20e3)`,
    String.raw`(?<=\u{1f3f4})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f}`,
  ].join('|'),
  'gu',
);

const hasStrayInvisible = (text: string): boolean =>
  INVISIBLE.test(text) && INVISIBLE.test(text.replaceAll(WELL_PLACED, ''));

const isReadable = (text: string): boolean => VISIBLE.test(text) && !BROKEN.test(text) && !hasStrayInvisible(text);

/**
 * Returns true for a text that can be a name, a reference or a title: with a visible character, and without line
 * breaks, control characters, half characters, direction controls (UAX 9) or invisible characters, except those that
 * shape their neighbours (joiners in Persian or Hindi, variation selectors, emoji sequences).
 */
export const isLine = (text: string): boolean =>
  VISIBLE_ASCII.test(text) || (isReadable(text) && !CONTROL.test(text) && !LINE_OR_PARAGRAPH_SEPARATOR.test(text));

/**
 * Returns true for a text that can be a reason or a note: `isLine` with tabs and line breaks (LF, CR, U+2028, U+2029)
 * allowed.
 */
export const isFreeText = (text: string): boolean =>
  VISIBLE_ASCII.test(text) || (isReadable(text) && !CONTROL_BUT_TAB_AND_BREAK.test(text));

/**
 * Returns true for a text that can be stored and returned unchanged, whatever it means: no NUL and no half characters.
 */
export const isStorable = (text: string): boolean =>
  PRINTABLE_ASCII.test(text) || (!text.includes('\0') && !/\p{Cs}/u.test(text));

/** Returns the length of a text in Unicode code points, the unit of every length in openapi.yaml. */
export const lengthOf = (text: string): number => {
  let length = 0;
  for (const _codePoint of text) length += 1;
  return length;
};
