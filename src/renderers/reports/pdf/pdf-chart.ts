import { chartShape } from '../page/chart-shape';
import type { ReportChart } from '../page/report-page';
import { axisTicks } from './axis-ticks';
import type { PdfSheet } from './pdf-sheet';
import { pdfColors, type TextStyle } from './pdf-style';

export interface ChartPlace {
  x: number;
  y: number;
  width: number;
  height: number;
}

const TITLE: TextStyle = { font: 'bold', size: 9, color: 'ink' };
const LABEL: TextStyle = { font: 'regular', size: 7, color: 'soft' };
const TITLE_HEIGHT = 18;
const LABEL_HEIGHT = 12;
const GAP = 6;

/** Draws a series as bars or as a line, with its title above and both axes. */
export function drawChart(sheet: PdfSheet, chart: ReportChart, place: ChartPlace): void {
  const { isLine, values, labels, axisText, isWhole } = chartShape(chart);
  const ticks = axisTicks({ values, isWhole });
  const bottom = ticks[0] ?? 0;
  const top = ticks.at(-1) ?? 1;
  const axisWidth = Math.max(...ticks.map((tick) => sheet.measure(axisText(tick), LABEL))) + GAP;
  const plot = {
    x: place.x + axisWidth,
    y: place.y + TITLE_HEIGHT,
    width: place.width - axisWidth,
    height: place.height - TITLE_HEIGHT - LABEL_HEIGHT,
  };
  const yOf = (value: number): number => plot.y + plot.height * (1 - (value - bottom) / (top - bottom));
  const step = plot.width / values.length;
  const xOf = (index: number): number => plot.x + step * (index + 0.5);

  const [title = ''] = sheet.wrap(chart.title, place.width, TITLE);
  sheet.line(title, { x: place.x, y: place.y }, TITLE);
  for (const tick of ticks) {
    const y = yOf(tick);
    sheet.rule({ x: plot.x, y }, { x: plot.x + plot.width, y }, tick === 0 ? 'soft' : 'line');
    sheet.line(axisText(tick), { x: place.x, y: y - 5, width: axisWidth - GAP, align: 'end' }, LABEL);
  }

  const { document } = sheet;
  if (isLine) {
    values.forEach((value, index) => {
      if (index === 0) document.moveTo(xOf(index), yOf(value));
      else document.lineTo(xOf(index), yOf(value));
    });
    document.lineWidth(1.2).strokeColor(pdfColors.mark).stroke();
    if (values.length === 1) document.circle(xOf(0), yOf(values[0] ?? 0), 1.5).fill(pdfColors.mark);
  } else {
    const width = Math.min(step * 0.75, 16);
    values.forEach((value, index) => {
      if (value === 0) return;
      document.rect(xOf(index) - width / 2, Math.min(yOf(value), yOf(0)), width, Math.abs(yOf(value) - yOf(0)));
    });
    document.fill(pdfColors.mark);
  }

  const widest = Math.max(...labels.map((label) => sheet.measure(label, LABEL))) + 2 * GAP;
  const every = Math.ceil(widest / step);
  labels.forEach((label, index) => {
    if (index % every !== 0) return;
    const x = xOf(index) - sheet.measure(label, LABEL) / 2;
    const end = place.x + place.width - sheet.measure(label, LABEL);
    sheet.line(label, { x: Math.min(x, end), y: plot.y + plot.height + 2 }, LABEL);
  });
}
