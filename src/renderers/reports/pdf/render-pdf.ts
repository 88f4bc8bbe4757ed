import { reportPage } from '../page/report-page';
import type { RenderedFile, RenderInput } from '../../../domain/reports/render-input';
import { drawReport } from './draw-report';
import { printablePage } from './printable-page';
import { printableTexts } from './printable-text';

/**
 * Renders a PDF with numbered pages, at most 1,000 rows and text in Latin, Greek and Cyrillic; text in other scripts is
 * marked and warned of. Equal reports are equal bytes.
 */
export function renderPdf(input: RenderInput): RenderedFile {
  const warnings: string[] = [];
  return {
    mediaType: 'application/pdf',
    bytes: pdfBytes(input, warnings),
    warnings: () => warnings,
  };
}

async function* pdfBytes(input: RenderInput, warnings: string[]): AsyncGenerator<Uint8Array> {
  // Loaded here: pdfkit and its fonts take time and memory that a worker without reports should not spend.
  const { PdfSheet } = await import('./pdf-sheet');
  const whole = await reportPage(input);
  const title = `${whole.title}, ${whole.windowText}`;
  const sheet = new PdfSheet({ title, createdAt: new Date(input.report.asOf) });
  const texts = printableTexts((codePoint) => sheet.hasGlyph(codePoint));
  const printable = printablePage({ page: whole, texts, formats: input.formats });
  warnings.push(...printable.warnings);
  await drawReport(sheet, printable.page);
  sheet.document.end();
  for await (const chunk of sheet.document) yield chunk as Uint8Array;
}
