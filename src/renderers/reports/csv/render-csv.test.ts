import * as fc from 'fast-check';
import { parseString } from 'fast-csv';
import type { Row } from '../../../domain/reports/report-content';
import { formulaTricks } from '../tests/formula-tricks';
import { expectGolden } from '../tests/expect-golden';
import { bytesOf, sampleInput, sampleRows, sampleType, textOf } from '../tests/sample-report';
import { renderCsv } from './render-csv';

const parse = (text: string, delimiter = ','): Promise<string[][]> =>
  new Promise((resolve, reject) => {
    const rows: string[][] = [];
    parseString<string[], string[]>(text, { delimiter })
      .on('data', (row: string[]) => rows.push(row))
      .on('error', reject)
      .on('end', () => resolve(rows));
  });

/** Returns the field of a trick in a file with this delimiter: a comma in another file is guarded as well. */
const fieldIn = (delimiter: string, field: string): string =>
  delimiter === ',' ? field : field.replace(',"=2', `,'"=2`);

describe('the CSV of a report', () => {
  it('is byte-equal to the golden file', async () => {
    expectGolden({ name: 'payments.csv.golden', bytes: await bytesOf(renderCsv(sampleInput())) });
  });

  it('has a header and CRLF after each line, also without rows', async () => {
    const text = await textOf(renderCsv(sampleInput({ rowsOf: [] })));
    expect(text).toMatch(/^atUtc,atLocal,entry,paymentId,[^\r\n]*,currency,amount\r\n$/);
    const lines = (await textOf(renderCsv(sampleInput()))).split('\r\n');
    expect(lines).toHaveLength(sampleRows.length + 2);
    expect(lines.join('')).not.toMatch(/[\r\n]/);
  });

  it('has amounts as decimals of their currency, negative ones as numbers', async () => {
    const [header = [], ...rows] = await parse(await textOf(renderCsv(sampleInput())));
    const amounts = rows.map((row) => `${row[header.indexOf('amount')]} ${row[header.indexOf('currency')]}`);
    expect(amounts).toEqual(['10.50 EUR', '-10.50 EUR', '1500 JPY', '-0.005 KWD', '1234.567 KWD', '0.99 EUR']);
  });

  it('has instants in UTC and on the clock of the window, on both sides of a change of the clocks', async () => {
    const [, ...rows] = await parse(await textOf(renderCsv(sampleInput())));
    expect(rows.slice(0, 3).map(([utc, local]) => [utc, local])).toEqual([
      ['2026-03-29T00:59:59.999Z', '2026-03-29T01:59:59.999+01:00'],
      ['2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000+02:00'],
      ['2026-03-29T02:15:00Z', '2026-03-29T04:15:00+02:00'],
    ]);
  });

  it('has the delimiter, the decimal separator and the byte order mark of the settings', async () => {
    const csv = { delimiter: ';', decimal: ',', bom: true } as const;
    const bytes = await bytesOf(renderCsv(sampleInput({ csv })));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [, first = [], second = []] = await parse(bytes.toString('utf8'), ';');
    expect(first.slice(-4)).toEqual(['2', '0,0312', 'EUR', '10,50']);
    expect(second.at(-1)).toBe('-10,50');
    const commas = await textOf(renderCsv(sampleInput({ csv: { ...csv, delimiter: ',', bom: false } })));
    expect(commas).toContain('EUR,"-10,50"\r\n');
  });

  it('refuses an amount without a currency rather than guess its decimals', async () => {
    const row = sampleRows[0]!.with(9, null);
    await expect(textOf(renderCsv(sampleInput({ rowsOf: [row] })))).rejects.toThrow(/currency/);
  });

  it('shows no formula to a spreadsheet that splits its lines at another separator', async () => {
    const unit = fc.constantFrom(',', ';', '"', '=', '+', '＠', ' ', '\u200b', "'", 'a');
    const texts = fc.sample(fc.string({ unit, minLength: 1 }), 500);
    const rowsOf = texts.map((text): Row => sampleRows[0]!.with(3, text));
    for (const [delimiter, other] of [
      [',', ';'],
      [';', ','],
      ['\t', ','],
      ['\t', ';'],
    ] as const) {
      const csv = { delimiter, decimal: '.', bom: false } as const;
      const lines = (await textOf(renderCsv(sampleInput({ rowsOf, csv })))).split('\r\n');
      const cells = lines.flatMap((line) => line.split(other));
      expect(cells.length).toBeGreaterThan(lines.length + 100);
      expect(cells.filter((cell) => /^[\p{Z}\p{C}\p{M}"]*[=+\-@＝＋－＠]/u.test(cell))).toEqual([]);
    }
  });

  it('reads back what was put in, less the guard, for forty tricks', async () => {
    const rowsOf = formulaTricks.map(([text]): Row => sampleRows[0]!.with(3, text));
    for (const delimiter of [',', ';', '\t'] as const) {
      const csv = { delimiter, decimal: '.', bom: false } as const;
      const [header = [], ...rows] = await parse(await textOf(renderCsv(sampleInput({ rowsOf, csv }))), delimiter);
      const column = header.indexOf('orderRef');
      expect(rows.map((row) => row[column])).toEqual(formulaTricks.map(([, field]) => fieldIn(delimiter, field)));
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([sampleType.columns.length + 1]));
    }
  });
});
