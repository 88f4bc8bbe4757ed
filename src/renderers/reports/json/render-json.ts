import { rowObject } from '../../../domain/reports/report-type';
import type { RenderedFile, RenderInput } from '../../../domain/reports/render-input';
import { rowSlices } from '../row-slices';

/**
 * Renders one object by the schema `ReportFile` of the contract. Amounts are integers in minor units. It holds one
 * slice of rows at a time.
 */
export const renderJson = (input: RenderInput): RenderedFile => ({
  mediaType: 'application/json',
  bytes: jsonBytes(input),
  warnings: () => [],
});

async function* jsonBytes({ type, report, content, rows }: RenderInput): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`{${headOf({ type, report, content }).join(',\n')}`);

  let separator = '\n';
  for await (const slice of rowSlices(rows())) {
    let text = '';
    for (const row of slice) {
      text += separator + JSON.stringify(rowObject(type.columns, row));
      separator = ',\n';
    }
    yield Buffer.from(text);
  }
  yield Buffer.from('\n]}\n');
}

/** Returns an array with a line for each element. */
const list = (elements: readonly object[]): string =>
  `[${elements.map((element) => `\n${JSON.stringify(element)}`).join(',')}\n]`;

/** Returns the members before the rows. Each names its keys, so that equal facts are equal bytes. */
function headOf({ type, report, content }: Pick<RenderInput, 'type' | 'report' | 'content'>): string[] {
  const { id, partnerName, mode, window, complete, filters, asOf, dataDigest, rowCount, warnings } = report;
  const { period, from, to, timeZone, startAt, endAt, hours, bridge } = window;
  const units = new Map(type.figures.map((figure) => [figure.id, figure.unit]));
  return [
    `"report":${JSON.stringify({
      id,
      type: type.type,
      partnerName,
      mode,
      window: { period, from, to, timeZone, startAt, endAt, hours, bridge },
      complete,
      filters: { currency: filters.currency, planId: filters.planId },
      asOf,
      dataDigest,
      rowCount,
      warnings,
    })}`,
    `"figures":${list(
      content.figures.map(({ id, currency, by, value, before }) => {
        return { id, unit: units.get(id), currency, by, value, before };
      }),
    )}`,
    `"series":${list(
      content.series.map(({ id, currency, points }) => {
        return { id, unit: units.get(id), currency, points: points.map(({ label, value }) => ({ label, value })) };
      }),
    )}`,
    `"columns":${list(type.columns.map(({ id, title, kind }) => ({ id, title, kind })))}`,
    '"rows":[',
  ];
}
