import { finished } from 'node:stream/promises';
import { format } from 'fast-csv';
import type { RenderedFile, RenderInput } from '../../../domain/reports/render-input';
import { rowSlices } from '../row-slices';
import { csvCells } from './csv-cells';

/**
 * Renders the rows as one table by RFC 4180: UTF-8, lines that end in CRLF, a header of the columns' ids. It holds one
 * slice of rows at a time.
 */
export const renderCsv = (input: RenderInput): RenderedFile => ({
  mediaType: 'text/csv; charset=utf-8; header=present',
  bytes: csvBytes(input),
  warnings: () => [],
});

async function* csvBytes({ type, report, rows, csv }: RenderInput): AsyncGenerator<Uint8Array> {
  const { header, fields } = csvCells({ columns: type.columns, timeZone: report.window.timeZone, csv });
  const lines = format<string[], string[]>({
    delimiter: csv.delimiter,
    rowDelimiter: '\r\n',
    includeEndRowDelimiter: true,
    writeBOM: csv.bom,
  });
  // The callbacks of `write` and `finished` report errors; without a listener they would end the process as well.
  lines.on('error', () => undefined);
  let written: Uint8Array[] = [];
  lines.on('data', (chunk: Uint8Array) => written.push(chunk));

  /** Writes the rows; done once all are formatted. */
  const write = (all: readonly string[][]): Promise<void> =>
    new Promise((resolve, reject) => {
      all.forEach((row, index) => {
        const isLast = index === all.length - 1;
        lines.write(row, isLast ? (error) => (error ? reject(error) : resolve()) : undefined);
      });
    });
  /** Returns the bytes so far as one chunk: the formatter makes one of every row. */
  const take = (): Uint8Array => {
    const bytes = Buffer.concat(written);
    written = [];
    return bytes;
  };

  await write([header]);
  for await (const slice of rowSlices(rows())) {
    await write(slice.map(fields));
    yield take();
  }
  lines.end();
  await finished(lines);
  yield take();
}
