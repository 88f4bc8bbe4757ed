/** The scripts that are set, and the characters that all scripts share. */
const SET = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]$/u;
/** Zero-width characters, controls of direction and variation selectors: without a shape of their own. */
const INVISIBLE = /[\p{Cf}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

/** Signs of formulas that Noto Sans has no glyph for. */
const SIGNS: Record<string, string> = { '→': '->', '≤': '<=', '≥': '>=', '≠': '!=', '≈': '~' };

const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Arabic', /\p{Script=Arabic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Chinese', /\p{Script=Han}|\p{Script=Bopomofo}/u],
  ['Japanese', /\p{Script=Hiragana}|\p{Script=Katakana}/u],
  ['Korean', /\p{Script=Hangul}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['Georgian', /\p{Script=Georgian}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['emoji', /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u],
];

const kindOf = (character: string): string => SCRIPTS.find(([, script]) => script.test(character))?.[0] ?? 'other';

export interface PrintableTexts {
  /** Returns the text with a mark, such as `[Arabic]`, in the place of what cannot be set. */
  print: (text: string) => string;
  /** The number of texts that have such a mark, and what the marks stand for. */
  marked: () => { texts: number; kinds: readonly string[] };
}

/**
 * Returns what makes texts fit for a PDF. pdfkit sets words of scripts written from the right in the wrong order and
 * has no fallback fonts, so everything but Latin, Greek and Cyrillic becomes a visible mark.
 */
export function printableTexts(hasGlyph: (codePoint: number) => boolean): PrintableTexts {
  let texts = 0;
  const kinds = new Set<string>();
  const isSet = (character: string): boolean => SET.test(character) && hasGlyph(character.codePointAt(0) ?? 0);

  /** Returns the character itself or what stands for it; undefined where it can only be marked. */
  const shapeOf = (character: string): string | undefined => {
    if (isSet(character)) return character;
    const compatible = SIGNS[character] ?? character.normalize('NFKC');
    return Array.from(compatible).every(isSet) ? compatible : undefined;
  };

  /** Returns the text with one mark for each run of words of one script. */
  const withMarks = (text: string): { printed: string; found: ReadonlySet<string> } => {
    const found = new Set<string>();
    let printed = '';
    let mark: string | undefined;
    let spaces = '';
    for (const character of text.normalize('NFC').replaceAll(INVISIBLE, '')) {
      if (mark !== undefined && character === ' ') {
        spaces += character;
        continue;
      }
      const shape = shapeOf(character);
      const kind = shape === undefined ? kindOf(character) : undefined;
      if (kind === undefined || kind !== mark) printed += spaces + (shape ?? `[${kind}]`);
      if (kind !== undefined) found.add(kind);
      mark = kind;
      spaces = '';
    }
    return { printed: printed + spaces, found };
  };

  return {
    print: (text) => {
      const { printed, found } = withMarks(text);
      if (found.size > 0) texts += 1;
      for (const kind of found) kinds.add(kind);
      return printed;
    },
    marked: () => ({ texts, kinds: [...kinds] }),
  };
}
