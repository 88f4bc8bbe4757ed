import type { FigureTable } from '../page/figure-tables';
import type { ReportPage } from '../page/report-page';
import type { ShownRows } from '../page/shown-rows';
import { columnWidths } from './column-widths';
import { drawChart } from './pdf-chart';
import type { PdfSheet } from './pdf-sheet';
import { lineHeight, type TextStyle } from './pdf-style';
import { drawTable } from './pdf-table';

const H1: TextStyle = { font: 'bold', size: 22, color: 'ink' };
const H2: TextStyle = { font: 'bold', size: 13, color: 'ink' };
const H3: TextStyle = { font: 'bold', size: 10, color: 'ink' };
const BODY: TextStyle = { font: 'regular', size: 9.5, color: 'ink' };
const SOFT: TextStyle = { ...BODY, color: 'soft' };
const ROW_SIZE = 7;
const CHART_HEIGHT = 130;

/** Lays out a whole report, with the numbers of its pages. */
export async function drawReport(sheet: PdfSheet, page: ReportPage): Promise<void> {
  sheet.addPage('portrait');
  drawHeader(sheet, page);
  await drawFigures(sheet, page.figureTables);
  await drawCharts(sheet, page);
  await drawRows(sheet, page);
  drawAbout(sheet, page);
  sheet.numberPages(`${page.partnerName}: ${page.title}, ${page.windowText}${page.isSandbox ? ', sandbox' : ''}`);
}

function drawHeader(sheet: PdfSheet, page: ReportPage): void {
  const partner = page.isSandbox ? `${page.partnerName} (sandbox)` : page.partnerName;
  sheet.paragraph(partner, { ...BODY, font: 'bold', color: 'soft' });
  sheet.paragraph(page.title, H1);
  sheet.paragraph(page.windowText, { ...BODY, size: 12 }, { after: 2 });
  sheet.paragraph(page.sentence, SOFT, { after: 6 });
  for (const notice of page.notices) {
    const top = sheet.y + 2;
    sheet.paragraph(notice, { ...BODY, color: 'warn' }, { indent: 10, after: 4 });
    if (sheet.y > top) sheet.rule({ x: sheet.left + 2, y: top }, { x: sheet.left + 2, y: sheet.y - 4 }, 'warn', 2);
  }
}

function heading(sheet: PdfSheet, text: string, style: TextStyle, below: number): void {
  sheet.y += style.size;
  sheet.ensure(lineHeight(style) + below);
  sheet.paragraph(text, style, { after: 4 });
}

async function drawFigures(sheet: PdfSheet, tables: readonly FigureTable[]): Promise<void> {
  for (const { title, compares, rows } of tables) {
    heading(sheet, title, H2, 60);
    const numbers = compares ? ['This window', 'Window before', 'Change'] : ['This window'];
    const width = compares ? 105 : 160;
    await drawTable(sheet, {
      size: 9,
      bold: [1],
      columns: [
        { title: 'Figure', isNumber: false, width: sheet.width - width * numbers.length },
        ...numbers.map((name) => ({ title: name, isNumber: true, width })),
      ],
      rows: rows.map(({ title, by, value, before, change }) => [
        by === null ? title : `   ${title}: ${by}`,
        value ?? '–',
        ...(compares ? [before ?? '–', change ?? '–'] : []),
      ]),
    });
  }
}

async function drawCharts(sheet: PdfSheet, { charts, noMovements }: ReportPage): Promise<void> {
  if (charts.length === 0 && noMovements === null) return;
  heading(sheet, 'Over time', H2, charts.length > 0 ? CHART_HEIGHT : 20);
  if (noMovements !== null) sheet.paragraph(noMovements, SOFT, { after: 6 });
  const gap = 20;
  const width = (sheet.width - gap) / 2;
  for (let index = 0; index < charts.length; index += 2) {
    await sheet.pause();
    sheet.ensure(CHART_HEIGHT);
    charts.slice(index, index + 2).forEach((chart, column) => {
      const x = sheet.left + column * (width + gap);
      drawChart(sheet, chart, { x, y: sheet.y, width, height: CHART_HEIGHT - 10 });
    });
    sheet.y += CHART_HEIGHT;
  }
}

async function drawRows(sheet: PdfSheet, { rowsTitle, shown }: ReportPage): Promise<void> {
  sheet.addPage('landscape');
  sheet.paragraph('Rows', H2, { after: 2 });
  sheet.paragraph([rowsTitle, shown.cutOff].filter((each) => each !== null).join(' '), SOFT, { after: 4 });
  if (shown.rows.length === 0) return sheet.paragraph('There are no rows in this window.', BODY);
  await drawTable(sheet, { size: ROW_SIZE, columns: rowColumns(sheet, shown), rows: shown.rows });
}

function rowColumns(sheet: PdfSheet, { columns, rows }: ShownRows) {
  const widths = columnWidths({
    columns,
    rows,
    available: sheet.width,
    measure: (text) => sheet.measure(text, { font: 'bold', size: ROW_SIZE }) + 7,
  });
  return columns.map(({ title, isNumber }, index) => ({ title, isNumber, width: widths[index] ?? 0 }));
}

function drawAbout(sheet: PdfSheet, { facts, definitions }: ReportPage): void {
  sheet.addPage('portrait');
  sheet.paragraph('About this report', H2, { after: 4 });
  const labels = 150;
  for (const { label, text } of facts) {
    sheet.ensure(lineHeight(BODY));
    sheet.line(label, { x: sheet.left, y: sheet.y }, SOFT);
    sheet.paragraph(text, BODY, { indent: labels, after: 2 });
  }
  heading(sheet, 'Definitions of the figures', H2, 70);
  for (const { title, sentence, formula, example } of definitions) {
    sheet.ensure(5 * lineHeight(BODY));
    sheet.paragraph(title, H3);
    sheet.paragraph(sentence, BODY);
    sheet.paragraph(`Formula: ${formula}`, SOFT);
    sheet.paragraph(`Example: ${example.given} Result: ${example.value}`, SOFT, { after: 8 });
  }
}
