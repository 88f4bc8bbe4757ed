import { sampleFigures, sampleInput, sampleRows, textOf, turnsDuringCharts } from '../tests/sample-report';
import { renderHtml } from './render-html';

const report = sampleInput().report;

describe('the HTML of a report', () => {
  it('is one file without scripts or addresses, the same whenever it is made', async () => {
    const text = await textOf(renderHtml(sampleInput()));
    expect(text).not.toMatch(/<script|<link|<img|https?:\/\/(?!www\.w3\.org\/)|zr\d/);
    expect(text).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
    expect(await textOf(renderHtml(sampleInput()))).toBe(text);
  });

  it('lets other work of the process run between its charts, which may be hundreds', async () => {
    expect(
      (await turnsDuringCharts(renderHtml, 60)) - (await turnsDuringCharts(renderHtml, 10)),
    ).toBeGreaterThanOrEqual(50);
  });

  it('says how many rows it shows and where all are', async () => {
    const rowsOf = Array.from({ length: 1200 }, () => sampleRows[0]!);
    const input = { ...sampleInput({ rowsOf }), report: { ...report, rowCount: 48_210 } };
    const text = await textOf(renderHtml(input));
    expect(text).toContain('1,000 of 48,210 rows, all in the CSV.');
    expect(text.match(/<tr><td>/g)).toHaveLength(1000);
    expect(await textOf(renderHtml({ ...input, formats: ['json', 'html'] }))).toContain(
      '1,000 of 48,210 rows, all in the JSON.',
    );
    expect(await textOf(renderHtml({ ...input, formats: ['html'] }))).toContain(
      '1,000 of 48,210 rows. Make the report as CSV to have all of them.',
    );
  });

  it('has no chart where nothing moved, and says so', async () => {
    const some = await textOf(renderHtml(sampleInput()));
    expect(some.match(/<svg/g)).toHaveLength(4);
    expect(some).toContain('No movements in this window: Fees, EUR.');
    const still = sampleInput({
      rowsOf: [],
      content: {
        figures: sampleFigures.map((figure) => ({ ...figure, value: 0 })),
        series: [{ id: 'captured', currency: 'EUR', points: [{ label: '00:00', value: 0 }] }],
      },
    });
    const none = await textOf(renderHtml(still));
    expect(none).not.toContain('<svg');
    expect(none).toContain('No movements in this window.</p>');
    expect(none).toContain('There are no rows in this window.');
  });

  it('says that a window was not over, and every warning', async () => {
    const warnings = ['The rows of this window are gone.'];
    const text = await textOf(renderHtml({ ...sampleInput(), report: { ...report, complete: false, warnings } }));
    expect(text).toContain('This report is not complete');
    expect(text).toContain('<p>The rows of this window are gone.</p>');
    expect(await textOf(renderHtml(sampleInput()))).not.toContain('role="note"');
  });

  it('ends with the definitions, the window with its zone and hours, and what the data were', async () => {
    const text = await textOf(renderHtml(sampleInput()));
    const about = text.slice(text.indexOf('About this report'));
    expect(about).toContain('Europe/Berlin, 23 hours');
    expect(about).toContain('2026-03-29T00:00:00.000+01:00 up to, not including, 2026-03-30T00:00:00.000+02:00');
    for (const fact of [
      report.dataDigest,
      report.asOf,
      'Σ of the entries of the ledger that are <code>captured</code>',
    ])
      expect(about).toContain(fact);
  });
});
