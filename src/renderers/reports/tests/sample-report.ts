import type { Figure, Row, Series } from '../../../domain/reports/report-content';
import {
  defaultCsvSettings,
  reportFormats,
  type FigureDefinition,
  type ReportType,
} from '../../../domain/reports/report-type';
import type { RenderedFile, RenderInput } from '../../../domain/reports/render-input';
import { turnsDuring } from '../../../testing/faults/turns-during';

const figure = (id: string, title: string, unit: FigureDefinition['unit'], value: string): FigureDefinition => ({
  id,
  title,
  unit,
  sentence: `${title}, as they were recorded in the window.`,
  formula: `Σ of the entries of the ledger that are \`${id}\``,
  example: { given: `Two entries of ${id}`, value },
});

/** A type of report with a column and a figure of every kind. */
export const sampleType: ReportType = {
  type: 'payments',
  title: 'Payments',
  sentence: 'What was captured, refunded and paid in fees.',
  periods: ['day', 'month'],
  filters: ['currency'],
  figures: [
    figure('captured', 'Captured', 'money', '20.00 EUR'),
    figure('refunded', 'Refunded', 'money', '-5.00 EUR'),
    figure('fees', 'Fees', 'money', '-0.60 EUR'),
    figure('net', 'Net of refunds', 'money', '15.00 EUR'),
    figure('payments', 'Payments accepted', 'count', '2'),
    figure('declined', 'Payments declined', 'count', '1'),
    figure('approval', 'Approval rate', 'share', '66.67%'),
    figure('timeToCapture', 'Median time to capture', 'seconds', '2 h'),
  ],
  columns: [
    { id: 'at', title: 'At', kind: 'instant' },
    { id: 'entry', title: 'Entry', kind: 'code' },
    { id: 'paymentId', title: 'Payment', kind: 'id' },
    { id: 'orderRef', title: 'Order', kind: 'text' },
    { id: 'customer', title: 'Customer', kind: 'text' },
    { id: 'description', title: 'Description', kind: 'text' },
    { id: 'valueDate', title: 'Value date', kind: 'date' },
    { id: 'quantity', title: 'Quantity', kind: 'count' },
    { id: 'feeShare', title: 'Fee share', kind: 'share' },
    { id: 'currency', title: 'Currency', kind: 'currency' },
    { id: 'amount', title: 'Amount', kind: 'money' },
  ],
  rows: 'One row per capture, refund and fee',
  sections: ['rows'],
};

const LONG = `Invoice for ${'a very long order '.repeat(20)}`.slice(0, 200);

/** Rows around the change to summer time in Berlin, with names of many scripts, and tricks in texts. */
export const sampleRows: readonly Row[] = [
  [
    '2026-03-29T00:59:59.999Z',
    'capture',
    id(1),
    'A-1',
    'Müller & Söhne',
    'Chairs, "red"',
    '2026-03-29',
    2,
    0.0312,
    'EUR',
    1050,
  ],
  [
    '2026-03-29T01:00:00.000Z',
    'refund',
    id(1),
    '=1+1',
    'Ελένη Παπαδοπούλου',
    '-10.50',
    '2026-03-29',
    1,
    null,
    'EUR',
    -1050,
  ],
  ['2026-03-29T02:15:00Z', 'capture', id(2), '@home', 'محمد Ltd', 'line\r\nbreak\tand tab', null, 1, 0.1, 'JPY', 1500],
  ['2026-03-29T09:00:00.500Z', 'fee', id(2), '＝SUM(A1)', '王小明 🎉', '<b>bold</b>', '2026-03-30', 0, 0, 'KWD', -5],
  ['2026-03-29T10:00:00.000Z', 'capture', id(3), '', 'Иван Петров', LONG, '2026-03-30', 12_000, 1, 'KWD', 1_234_567],
  ['2026-03-29T11:00:00.000Z', 'capture', id(4), null, 'a'.repeat(200), '', '2026-03-30', 1, 0.0001, 'EUR', 99],
];

function id(index: number): string {
  return `pay_01k0000000000000000000000${index}`;
}

export const sampleFigures: readonly Figure[] = [
  { id: 'captured', currency: 'EUR', by: null, value: 1149, before: 1000 },
  { id: 'captured', currency: 'JPY', by: null, value: 1500, before: 0 },
  { id: 'captured', currency: 'KWD', by: null, value: 1_234_567, before: null },
  { id: 'refunded', currency: 'EUR', by: null, value: -1050, before: 0 },
  { id: 'fees', currency: 'KWD', by: null, value: -5, before: -10 },
  { id: 'net', currency: 'EUR', by: null, value: 99, before: 1000 },
  { id: 'payments', currency: null, by: null, value: 4, before: 1 },
  { id: 'declined', currency: null, by: null, value: 3, before: 0 },
  { id: 'declined', currency: null, by: 'insufficient_funds', value: 2, before: 0 },
  { id: 'declined', currency: null, by: 'do_not_honor', value: 1, before: 0 },
  { id: 'approval', currency: null, by: null, value: 0.5714, before: null },
  { id: 'timeToCapture', currency: null, by: null, value: 93_784, before: 60 },
];

const hours = (values: readonly number[]): Series['points'] =>
  values.map((value, hour) => ({ label: `${String(hour).padStart(2, '0')}:00`, value }));

export const sampleSeries: readonly Series[] = [
  { id: 'captured', currency: 'EUR', points: hours([1050, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 99]) },
  { id: 'refunded', currency: 'EUR', points: hours([0, -1050, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) },
  { id: 'captured', currency: 'KWD', points: hours([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1_234_567, 0]) },
  { id: 'payments', currency: null, points: hours([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]) },
  { id: 'fees', currency: 'EUR', points: hours([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) },
];

/** Returns what a report on 29 March 2026 in Berlin, a day of 23 hours, is rendered from. */
export function sampleInput(overrides: Partial<RenderInput> & { rowsOf?: readonly Row[] } = {}): RenderInput {
  const { rowsOf = sampleRows, ...others } = overrides;
  return {
    type: sampleType,
    report: {
      id: 'rpt_01k00000000000000000000000',
      partnerName: 'Café Ωmega <script> Ltd',
      mode: 'sandbox',
      window: {
        period: '2026-03-29',
        from: '2026-03-29',
        to: '2026-03-29',
        timeZone: 'Europe/Berlin',
        startAt: '2026-03-28T23:00:00.000Z',
        endAt: '2026-03-29T22:00:00.000Z',
        hours: 23,
        bridge: false,
      },
      complete: true,
      filters: {},
      asOf: '2026-03-30T04:00:00.000Z',
      dataDigest: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
      rowCount: rowsOf.length,
      warnings: [],
    },
    content: { figures: sampleFigures, series: sampleSeries },
    rows: () => pagesOf(rowsOf),
    csv: defaultCsvSettings,
    formats: reportFormats,
    ...others,
  };
}

async function* pagesOf(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += 700) yield rows.slice(start, start + 700);
}

export async function bytesOf({ bytes }: RenderedFile): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const textOf = async (file: RenderedFile): Promise<string> => (await bytesOf(file)).toString('utf8');

/** Renders a report with so many charts. Returns the turns that other work of the process had meanwhile. */
export async function turnsDuringCharts(render: (input: RenderInput) => RenderedFile, charts: number): Promise<number> {
  const [one] = sampleSeries;
  const content = { figures: sampleFigures, series: Array.from({ length: charts }, () => one!) };
  // The first report also loads what draws charts.
  await bytesOf(render(sampleInput()));
  return turnsDuring(() => bytesOf(render(sampleInput({ content }))));
}
