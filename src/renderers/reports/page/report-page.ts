import type { FigureDefinition, FigureUnit } from '../../../domain/reports/report-type';
import { isEmptyReport } from '../../../domain/reports/report-content';
import type { RenderInput } from '../../../domain/reports/render-input';
import { plainText } from '../text/plain-text';
import { figureTables, type FigureTable } from './figure-tables';
import { figureText, groupDigits } from './figure-text';
import { shownRows, type ShownRows } from './shown-rows';
import { windowBounds, windowText } from './window-text';

/** A series that has something to show. */
export interface ReportChart {
  /** Such as "Captured, EUR". */
  title: string;
  unit: FigureUnit;
  currency: string | null;
  points: readonly { label: string; value: number; text: string }[];
}

/** A fact about the report itself. `isForeign` marks a text from outside. */
export interface ReportFact {
  label: string;
  text: string;
  isForeign: boolean;
}

/** What the files for people say, in the order in which they say it: HTML and PDF differ in form alone. */
export interface ReportPage {
  title: string;
  sentence: string;
  /** A text from outside. */
  partnerName: string;
  isSandbox: boolean;
  windowText: string;
  /** What the reader must know first: a window that was not over, rows that are gone. */
  notices: readonly string[];
  figureTables: readonly FigureTable[];
  charts: readonly ReportChart[];
  /** Says which series have nothing to show; null where all have. */
  noMovements: string | null;
  rowsTitle: string;
  shown: ShownRows;
  facts: readonly ReportFact[];
  definitions: readonly FigureDefinition[];
}

/** Returns what a report says to people. It holds at most 1,000 rows. */
export async function reportPage(input: RenderInput): Promise<ReportPage> {
  const { type, report, content } = input;
  return {
    title: type.title,
    sentence: type.sentence,
    partnerName: plainText(report.partnerName),
    isSandbox: report.mode === 'sandbox',
    windowText: windowText(report.window),
    notices: [...(report.complete ? [] : [incompleteText(report.asOf)]), ...report.warnings],
    figureTables: figureTables({ definitions: type.figures, figures: content.figures }),
    ...chartsOf(input),
    rowsTitle: withStop(type.rows),
    shown: await shownRows(input),
    facts: factsOf(input),
    definitions: type.figures.map(({ example, ...definition }) => ({
      ...definition,
      example: { ...example, given: withStop(example.given) },
    })),
  };
}

/** Returns a sentence with a full stop, for another to follow. */
const withStop = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

const incompleteText = (asOf: string): string =>
  `This report is not complete: its window was not over when it was made (${asOf}). What happened later is not in it.`;

/** Parts the series into charts and those that are zero throughout. */
function chartsOf({ type, content }: RenderInput): Pick<ReportPage, 'charts' | 'noMovements'> {
  const definitions = new Map(type.figures.map((definition) => [definition.id, definition]));
  const charts: ReportChart[] = [];
  const silent: string[] = [];
  for (const { id, currency, points } of content.series) {
    const { title: name, unit } = definitions.get(id) ?? { title: id, unit: 'count' };
    const title = currency === null ? name : `${name}, ${currency}`;
    if (points.every(({ value }) => value === 0)) {
      silent.push(title);
      continue;
    }
    const withTexts = points.map((point) => ({ ...point, text: figureText({ unit, currency, value: point.value }) }));
    charts.push({ title, unit, currency, points: withTexts });
  }
  const isStill = charts.length === 0 && isEmptyReport(content.figures);
  if (isStill) return { charts, noMovements: 'No movements in this window.' };
  return { charts, noMovements: silent.length > 0 ? `No movements in this window: ${silent.join('; ')}.` : null };
}

function factsOf({ type, report }: RenderInput): ReportFact[] {
  const { window, filters } = report;
  const own = (label: string, text: string): ReportFact => ({ label, text, isForeign: false });
  const foreign = (label: string, text: string): ReportFact => ({ label, text: plainText(text), isForeign: true });
  const facts = [
    own('Window', windowText(window)),
    own('Bounds', windowBounds(window)),
    own('Time zone and length', `${window.timeZone}, ${window.hours} hours`),
    own('Complete', report.complete ? 'Yes, the window was over' : 'No, the window was not over'),
  ];
  if (filters.currency !== undefined) facts.push(foreign('Only currency', filters.currency));
  if (filters.planId !== undefined) facts.push(foreign('Only plan', filters.planId));
  return [
    ...facts,
    own('Counts what was recorded up to', report.asOf),
    own('Rows', groupDigits(String(report.rowCount))),
    own('Report', `${report.id} (${type.type})`),
    own('Digest of the data', report.dataDigest),
  ];
}
