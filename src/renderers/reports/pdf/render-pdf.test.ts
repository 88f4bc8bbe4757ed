import { hasPoppler, pdfPages, pdfPicture } from '../tests/poppler';
import { bytesOf, sampleInput, sampleRows, turnsDuringCharts } from '../tests/sample-report';
import { renderPdf } from './render-pdf';

const report = sampleInput().report;
const withPoppler = hasPoppler ? describe : describe.skip;

describe('the PDF of a report', () => {
  it('is the same bytes whenever it is made', async () => {
    const first = await bytesOf(renderPdf(sampleInput()));
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await bytesOf(renderPdf(sampleInput()))).equals(first)).toBe(true);
  });

  it('lets other work of the process run between its charts, two of which stand in a row', async () => {
    expect((await turnsDuringCharts(renderPdf, 60)) - (await turnsDuringCharts(renderPdf, 10))).toBeGreaterThanOrEqual(
      25,
    );
  });

  it('warns of texts that it cannot set, once its bytes are read', async () => {
    const file = renderPdf(sampleInput());
    await bytesOf(file);
    expect(file.warnings()).toEqual([
      '2 texts have characters that this PDF cannot set. ' +
        'They are marked as [Arabic], [Chinese], [emoji], and shown in the HTML.',
    ]);
    const latin = renderPdf(sampleInput({ rowsOf: sampleRows.slice(0, 2) }));
    await bytesOf(latin);
    expect(latin.warnings()).toEqual([]);
  });
});

withPoppler('the PDF of a report, read by poppler', () => {
  const long = {
    ...sampleInput({ rowsOf: Array.from({ length: 1200 }, (_, index) => sampleRows[index % sampleRows.length]!) }),
    report: { ...report, complete: false, rowCount: 48_210 },
  };

  it('has Greek, Cyrillic and 200 characters as they are, and marks other scripts', async () => {
    const text = pdfPages(await bytesOf(renderPdf(sampleInput()))).join('\n');
    for (const each of ['Ελένη Παπαδοπούλου', 'Иван Петров', 'Müller & Söhne', '[Arabic] Ltd', '[Chinese] [emoji]'])
      expect(text).toContain(each);
    expect(text.match(/a{5,}/g)?.join('')).toHaveLength(200);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('and shown in the HTML.');
  });

  it('numbers its pages, repeats heads, says what it leaves out, and ends with the definitions', async () => {
    const pages = pdfPages(await bytesOf(renderPdf(long)));
    expect(pages.length).toBeGreaterThan(20);
    pages.forEach((page, index) => expect(page).toContain(`${index + 1} of ${pages.length}`));
    const withRows = pages.filter((page) => /\bpay_01k0/.test(page));
    for (const page of withRows) expect(page).toMatch(/At \(Europe\/Berlin\).*Currency +Amount/);
    expect(pages.join('\n').match(/^2026-03-29 /gm)).toHaveLength(1000);
    expect(pages.join('\n')).toContain('1,000 of 48,210 rows, all in the CSV.');
    expect(pages[0]).toContain('This report is not complete');
    expect(pages.at(-1)).toContain('Europe/Berlin, 23 hours');
    expect(pages.at(-1)).toContain('Formula: Σ of the entries of the ledger that are captured');
  });

  it('writes nothing into the margins, and draws every chart', async () => {
    const words = { ...report, partnerName: 'n'.repeat(200) };
    const pdf = await bytesOf(renderPdf({ ...sampleInput(), report: words }));
    const pages = pdfPages(pdf);
    for (const page of pages.keys()) {
      const { width, height, pixels } = pdfPicture(pdf, page + 1, 72);
      const margin = 36;
      const inMargin = (index: number): boolean => {
        const [x, y] = [index % width, Math.floor(index / width)];
        return x < margin || x >= width - margin || y < margin || y >= height - 20;
      };
      expect(pixels.every((pixel, index) => pixel === 255 || !inMargin(index))).toBe(true);
      expect(pixels.some((pixel) => pixel < 128)).toBe(true);
    }
    for (const title of ['Captured, EUR', 'Refunded, EUR', 'Captured, KWD', 'Payments accepted'])
      expect(pages.join('\n')).toContain(title);
  });

  it('goes on at the next page where a row is higher than one', async () => {
    const rowsOf = [sampleRows[0]!.with(5, 'word '.repeat(4000).trim())];
    const text = pdfPages(await bytesOf(renderPdf(sampleInput({ rowsOf })))).join('\n');
    expect(text.match(/\bword\b/g)).toHaveLength(4000);
  });
});
