import type { PdfSheet } from './pdf-sheet';
import { lineHeight, type TextStyle } from './pdf-style';

export interface PdfColumn {
  title: string;
  isNumber: boolean;
  width: number;
}

export interface PdfTableInput {
  columns: readonly PdfColumn[];
  rows: readonly (readonly string[])[];
  size: number;
  /** Columns in bold. */
  bold?: readonly number[];
}

const PADDING = 3;
/** Rows between two chances for other work. */
const PAUSE_EVERY = 100;

/** Draws a table whose head is repeated on each page. A row that is higher than a page goes on at the next. */
export async function drawTable(sheet: PdfSheet, { columns, rows, size, bold = [] }: PdfTableInput): Promise<void> {
  const head: TextStyle = { font: 'bold', size, color: 'soft' };
  const styles = columns.map((): TextStyle => ({ ...head, font: 'regular', color: 'ink' }));
  for (const index of bold) styles[index] = { ...head, color: 'ink' };
  const height = lineHeight(head);

  const linesOf = (cells: readonly string[], stylesOf: readonly TextStyle[]): string[][] =>
    cells.map((cell, index) => {
      const width = (columns[index]?.width ?? 0) - 2 * PADDING;
      return sheet.wrap(cell, width, stylesOf[index] ?? head);
    });

  /** Draws lines `from` to `to` of each cell at the place to write at. */
  const drawLines = (cells: readonly string[][], stylesOf: readonly TextStyle[], from: number, to: number): void => {
    let x = sheet.left;
    columns.forEach(({ width, isNumber }, index) => {
      (cells[index] ?? []).slice(from, to).forEach((text, line) => {
        if (text === '') return;
        const at = { x: x + PADDING, y: sheet.y + PADDING + line * height, width: width - 2 * PADDING };
        sheet.line(text, { ...at, align: isNumber ? 'end' : 'start' }, stylesOf[index] ?? head);
      });
      x += width;
    });
    sheet.y += 2 * PADDING + (to - from) * height;
    sheet.rule({ x: sheet.left, y: sheet.y }, { x, y: sheet.y });
  };

  const headStyles = columns.map(() => head);
  const headCells = linesOf(
    columns.map(({ title }) => title),
    headStyles,
  );
  const headLines = highest(headCells);
  const drawHead = (): void => drawLines(headCells, headStyles, 0, headLines);
  /** Goes on at the next page, below the head. */
  const ensure = (needed: number): void => {
    const { y } = sheet;
    sheet.ensure(needed);
    if (sheet.y < y) drawHead();
  };

  sheet.ensure(2 * PADDING + (headLines + 2) * height);
  drawHead();
  for (const [index, row] of rows.entries()) {
    if (index % PAUSE_EVERY === 0) await sheet.pause();
    const cells = linesOf(row, styles);
    const count = highest(cells);
    const fitting = (): number => Math.floor((sheet.bottom - sheet.y - 2 * PADDING) / height);
    if (count <= 10) ensure(2 * PADDING + count * height);
    for (let from = 0; from < count;) {
      ensure(2 * PADDING + height);
      const to = Math.min(count, from + fitting());
      drawLines(cells, styles, from, to);
      from = to;
    }
  }
}

const highest = (cells: readonly string[][]): number => Math.max(...cells.map((lines) => lines.length));
