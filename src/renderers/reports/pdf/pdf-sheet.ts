import { setImmediate as otherWork } from 'node:timers/promises';
import PdfDocument from 'pdfkit';
import { readReportFont } from '../../../assets';
import { lineHeight, pdfColors, type PdfColor, type PdfFont, type TextStyle } from './pdf-style';

const MARGIN = 40;
/** Room for the page number below the margin of the text. */
const FOOTER = 16;

/** A PDF with a place to write at, which goes on to the next page where the text reaches the end of one. */
export class PdfSheet {
  readonly document: PDFKit.PDFDocument;
  y = MARGIN;
  readonly #widths: Record<PdfFont, Map<string, number>> = { regular: new Map(), bold: new Map() };

  constructor({ title, createdAt }: { title: string; createdAt: Date }) {
    this.document = new PdfDocument({
      size: 'A4',
      margin: 0,
      autoFirstPage: false,
      // All pages are kept until the last is laid out, because each says how many there are.
      bufferPages: true,
      displayTitle: true,
      lang: 'en',
      // The date is part of the bytes, and of the document's id: equal reports are equal files.
      info: { Title: title, Creator: 'Partner Platform', CreationDate: createdAt },
      font: '',
    });
    this.document.registerFont('regular', readReportFont('regular'));
    this.document.registerFont('bold', readReportFont('bold'));
  }

  get left(): number {
    return MARGIN;
  }

  get width(): number {
    return this.document.page.width - 2 * MARGIN;
  }

  get bottom(): number {
    return this.document.page.height - MARGIN - FOOTER;
  }

  addPage(layout: 'portrait' | 'landscape'): void {
    this.document.addPage({ size: 'A4', layout, margin: 0 });
    this.y = MARGIN;
  }

  /** Goes on to a new page of the same form unless the height is left on this one. */
  ensure(height: number): void {
    if (this.y + height > this.bottom) this.addPage(this.width > this.bottom ? 'landscape' : 'portrait');
  }

  /** Lets other work of the process run: laying out a thousand rows, or hundreds of charts, takes seconds. */
  async pause(): Promise<void> {
    await otherWork();
  }

  /** Returns true where the font of all texts has the character. */
  hasGlyph(codePoint: number): boolean {
    // pdfkit's types leave out the font that it reads by fontkit.
    const { _font } = this.document.font('regular') as unknown as {
      _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } };
    };
    return _font.font.hasGlyphForCodePoint(codePoint);
  }

  /** Returns the width of a text, as the sum of its characters: kerning makes it at most a little less. */
  measure(text: string, { font, size }: Pick<TextStyle, 'font' | 'size'>): number {
    const widths = this.#widths[font];
    let width = 0;
    for (const character of text) {
      let known = widths.get(character);
      if (known === undefined) {
        known = this.document.font(font, 1000).widthOfString(character) / 1000;
        widths.set(character, known);
      }
      width += known;
    }
    return width * size;
  }

  /** Returns the text in lines of at most the width; a word that is wider is broken. */
  wrap(text: string, width: number, style: Pick<TextStyle, 'font' | 'size'>): string[] {
    if (this.measure(text, style) <= width) return [text];
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.measure(longer, style) <= width) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = '';
      for (const character of word) {
        if (line !== '' && this.measure(line + character, style) > width) {
          lines.push(line);
          line = '';
        }
        line += character;
      }
    }
    lines.push(line);
    return lines;
  }

  /** Draws one line, with its top at `y`. */
  line(text: string, at: { x: number; y: number; width?: number; align?: 'start' | 'end' }, style: TextStyle): void {
    const { x, y, width = 0, align = 'start' } = at;
    const start = align === 'end' ? x + width - this.measure(text, style) : x;
    this.document
      .font(style.font, style.size)
      .fillColor(pdfColors[style.color])
      .text(text, start, y, { lineBreak: false });
  }

  /** Writes a paragraph over the whole width, and moves on below it. */
  paragraph(text: string, style: TextStyle, { indent = 0, after = 0 } = {}): void {
    for (const line of this.wrap(text, this.width - indent, style)) {
      this.ensure(lineHeight(style));
      this.line(line, { x: this.left + indent, y: this.y }, style);
      this.y += lineHeight(style);
    }
    this.y += after;
  }

  /** Draws a straight line. */
  rule(from: { x: number; y: number }, to: { x: number; y: number }, color: PdfColor = 'line', width = 0.5): void {
    this.document.moveTo(from.x, from.y).lineTo(to.x, to.y).lineWidth(width).strokeColor(pdfColors[color]).stroke();
  }

  /** Writes the foot of every page, once all are laid out. */
  numberPages(footer: string): void {
    const { count } = this.document.bufferedPageRange();
    const style: TextStyle = { font: 'regular', size: 8, color: 'soft' };
    for (let index = 0; index < count; index += 1) {
      this.document.switchToPage(index);
      const y = this.document.page.height - MARGIN;
      const number = `${index + 1} of ${count}`;
      const [first = ''] = this.wrap(footer, this.width - 80, style);
      this.line(first, { x: this.left, y }, style);
      this.line(number, { x: this.left, y, width: this.width, align: 'end' }, style);
    }
  }
}
