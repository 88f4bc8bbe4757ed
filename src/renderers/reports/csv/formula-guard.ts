import type { CsvSettings } from '../../../domain/reports/report-type';

/**
 * What a spreadsheet reads as the beginning of a formula: one of `= + - @`, in ASCII or full width. Spaces, control
 * characters, format characters (zero-width space, byte order mark) and combining marks before it are not visible.
 */
const SIGN = '[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]';
const FORMULA = new RegExp(`^[\\p{Z}\\p{C}\\p{M}]*${SIGN}`, 'u');

/** A formula behind one of the separators, where quotes are taken for those of a field. */
const behind = (separators: string): RegExp => new RegExp(`[${separators}](?=[\\p{Z}\\p{C}\\p{M}"]*${SIGN})`, 'gu');

/** By the delimiter of the file: formulas behind a character at which a spreadsheet may split a line instead. */
const BEHIND_OTHERS: Record<CsvSettings['delimiter'], RegExp> = {
  ',': behind(';'),
  ';': behind(','),
  '\t': behind(',;'),
};

/**
 * Returns a text that spreadsheets take for text: a formula gets `'` in front, also one that a spreadsheet would find
 * if it split the line at a comma or semicolon that is not the delimiter of the file. Numbers must not come here,
 * because `-10.50` would become a text.
 */
export function guardFormula(text: string, delimiter: CsvSettings['delimiter']): string {
  const guarded = text.replaceAll(BEHIND_OTHERS[delimiter], "$&'");
  return FORMULA.test(guarded) ? `'${guarded}` : guarded;
}
