import { expectSchema } from '../../../testing/expect-contract';
import { bytesOf, sampleInput, sampleRows, textOf } from '../tests/sample-report';
import { expectGolden } from '../tests/expect-golden';
import { renderJson } from './render-json';

describe('the JSON of a report', () => {
  it('is byte-equal to the golden file', async () => {
    expectGolden({ name: 'payments.json.golden', bytes: await bytesOf(renderJson(sampleInput())) });
  });

  it('is what the contract says', async () => {
    expectSchema('ReportFileJson', JSON.parse(await textOf(renderJson(sampleInput()))));
  });

  it('is one object, also without rows', async () => {
    const full = JSON.parse(await textOf(renderJson(sampleInput()))) as { rows: Record<string, unknown>[] };
    expect(full.rows).toHaveLength(sampleRows.length);
    expect(full.rows[1]).toMatchObject({ orderRef: '=1+1', amount: -1050, currency: 'EUR', feeShare: null });
    const empty = sampleInput({ rowsOf: [], content: { figures: [], series: [] } });
    expect(JSON.parse(await textOf(renderJson(empty)))).toMatchObject({ figures: [], series: [], rows: [] });
  });

  it('is the same bytes whatever the order of keys in the facts', async () => {
    const input = sampleInput();
    const turned = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).toReversed()) as T;
    const report = turned({ ...input.report, window: turned(input.report.window) });
    const content = { ...input.content, figures: input.content.figures.map(turned) };
    expect(await textOf(renderJson({ ...input, report, content }))).toBe(await textOf(renderJson(input)));
  });

  it('holds one slice of rows at a time and stops reading when its reader stops', async () => {
    let read = 0;
    let closed = false;
    const [row = []] = sampleRows;
    async function* rows() {
      try {
        for (; read < 10_000; read += 1000) yield Array.from({ length: 1000 }, () => row);
      } finally {
        closed = true;
      }
    }
    let chunks = 0;
    for await (const _chunk of renderJson({ ...sampleInput(), rows }).bytes) if (++chunks === 4) break;
    expect(read).toBe(1000);
    expect(closed).toBe(true);
  });
});
