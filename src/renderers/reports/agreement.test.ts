import * as fc from 'fast-check';
import { parseString } from 'fast-csv';
import { exponentOf } from '../../domain/currencies';
import { reportFormats, type ColumnDefinition, type ReportFormat } from '../../domain/reports/report-type';
import type { RenderInput } from '../../domain/reports/render-input';
import { renderReport } from './render-report';
import { hasPoppler, pdfPages } from './tests/poppler';
import { bytesOf, sampleInput, sampleType } from './tests/sample-report';

/** Amounts as `currency minor units`, in the order of the file: of the figures, and of the rows. */
interface Amounts {
  figures: readonly string[];
  rows: readonly string[];
}

const columns: readonly ColumnDefinition[] = [
  { id: 'at', title: 'At', kind: 'instant' },
  { id: 'customer', title: 'Customer', kind: 'text' },
  { id: 'currency', title: 'Currency', kind: 'currency' },
  { id: 'amount', title: 'Amount', kind: 'money' },
];

/** Reads "-1,234.50" back; a figure without all digits of its currency's minor unit is refused. */
function minorOf(figure: string, currency: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)([\d,]+)(?:\.(\d+))?$/.exec(figure) ?? [];
  if (fraction.length !== exponentOf(currency)) throw new Error(`${figure} ${currency} lacks digits`);
  return `${currency} ${BigInt(sign + whole.replaceAll(',', '') + fraction)}`;
}

const pairs = (text: string, pattern: RegExp, order: 'currency first' | 'figure first'): string[] =>
  [...text.matchAll(pattern)].map(([, first = '', second = '']) =>
    order === 'currency first' ? minorOf(second, first) : minorOf(first, second),
  );

const readers: Record<ReportFormat, (bytes: Buffer) => Promise<Partial<Amounts>>> = {
  json: async (bytes) => {
    const { figures, rows } = JSON.parse(bytes.toString()) as Record<'figures' | 'rows', Record<string, unknown>[]>;
    return {
      figures: figures.map(({ currency, value }) => `${String(currency)} ${String(value)}`),
      rows: rows.map(({ currency, amount }) => `${String(currency)} ${String(amount)}`),
    };
  },
  csv: (bytes) =>
    new Promise((resolve, reject) => {
      const rows: string[] = [];
      parseString<Record<string, string>, Record<string, string>>(bytes.toString(), { headers: true })
        .on('data', ({ amount = '', currency = '' }: Record<string, string>) => rows.push(minorOf(amount, currency)))
        .on('error', reject)
        .on('end', () => resolve({ rows }));
    }),
  html: async (bytes) => ({
    figures: pairs(bytes.toString(), /<td class="value">(-?[\d,.]+) ([A-Z]{3})<\/td>/g, 'figure first'),
    rows: pairs(bytes.toString(), /<td>([A-Z]{3})<\/td><td>(-?[\d,.]+)<\/td><\/tr>/g, 'currency first'),
  }),
  pdf: async (bytes) => {
    const text = pdfPages(bytes).join('\n');
    return {
      figures: pairs(text, /^ *Captured +(-?[\d,.]+) ([A-Z]{3})$/gm, 'figure first'),
      rows: pairs(text, /^ *2026-\d\d-\d\d .* ([A-Z]{3}) +(-?[\d,.]+)$/gm, 'currency first'),
    };
  },
};

const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'USD');
const amount = fc.oneof(
  fc.integer({ min: -200_000, max: 200_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 1, -1, 5, -99, 100, -1000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const inputs = fc
  .record({
    sums: fc.uniqueArray(fc.tuple(currency, amount), { selector: ([each]) => each }),
    entries: fc.array(fc.tuple(fc.nat(86_000), fc.string({ unit: 'grapheme' }), currency, amount), { maxLength: 60 }),
  })
  .map(({ sums, entries }): RenderInput => {
    const start = Date.UTC(2026, 2, 29);
    const rowsOf = entries.map(([second, ...others]) => [new Date(start + second * 1000).toISOString(), ...others]);
    const figures = sums.map(([currency, value]) => ({ id: 'captured', currency, by: null, value }));
    return { ...sampleInput({ rowsOf }), type: { ...sampleType, columns }, content: { figures, series: [] } };
  });

async function expectAgreement(input: RenderInput, formats: readonly ReportFormat[]): Promise<void> {
  const expected = await readers.json(await bytesOf(renderReport('json', input)));
  expect(expected.rows).toHaveLength(input.report.rowCount);
  for (const format of formats) {
    const read = await readers[format](await bytesOf(renderReport(format, input)));
    expect({ format, ...expected, ...read }).toEqual({ format, ...expected });
  }
}

describe('the files of a report agree to the minor unit, also in JPY and KWD', () => {
  it('JSON, CSV and HTML', async () => {
    const agree = fc.asyncProperty(inputs, (input) => expectAgreement(input, ['csv', 'html']));
    await fc.assert(agree, { numRuns: 100 });
  });

  (hasPoppler ? it : it.skip)('and the text of the PDF', async () => {
    const agree = fc.asyncProperty(inputs, (input) => expectAgreement(input, reportFormats));
    await fc.assert(agree, { numRuns: 12 });
  });
});
