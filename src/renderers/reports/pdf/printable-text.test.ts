import * as fc from 'fast-check';
import { PdfSheet } from './pdf-sheet';
import { printableTexts } from './printable-text';

const sheet = new PdfSheet({ title: '', createdAt: new Date(0) });
const texts = () => printableTexts((codePoint) => sheet.hasGlyph(codePoint));

describe('printableTexts', () => {
  it.each([
    ['Müller, Łódź, Đặng', 'Müller, Łódź, Đặng'],
    ['Ελένη Παπαδοπούλου', 'Ελένη Παπαδοπούλου'],
    ['Иван Петров', 'Иван Петров'],
    ['12 € × ½ – ok', '12 € × ½ – ok'],
    ['e\u0301', 'é'],
    ['＝ＳＵＭ', '=SUM'],
    ['a ≥ b → c', 'a >= b -> c'],
    ['\u202eevil\u200b', 'evil'],
  ])('sets %j as %j, without a mark', (text, printed) => {
    const { print, marked } = texts();
    expect(print(text)).toBe(printed);
    expect(marked()).toEqual({ texts: 0, kinds: [] });
  });

  it.each([
    ['محمد علي Ltd', '[Arabic] Ltd'],
    ['דוד', '[Hebrew]'],
    ['王小明 🎉', '[Chinese] [emoji]'],
    ['👩‍👩‍👧 family', '[emoji] family'],
    ['さくら', '[Japanese]'],
    ['A 한국 B', 'A [Korean] B'],
    ['\u{1E900}', '[other]'],
  ])('marks %j as %j', (text, printed) => {
    const { print, marked } = texts();
    expect(print(text)).toBe(printed);
    expect(marked().texts).toBe(1);
  });

  it('leaves nothing that the font has no glyph for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const character of texts().print(text)) expect(sheet.hasGlyph(character.codePointAt(0) ?? 0)).toBe(true);
      }),
    );
  });
});
