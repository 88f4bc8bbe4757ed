import type { Row } from '../../domain/reports/report-content';

/** Rows that are rendered in one go, between two chances for other work of the process. */
const SLICE = 500;

/** Yields the rows in slices, however long the pages are that they come in. */
export async function* rowSlices(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  for await (const page of pages) {
    for (let start = 0; start < page.length; start += SLICE) yield page.slice(start, start + SLICE);
  }
}
