import type { RenderedFile, RenderInput, RenderReport } from '../../domain/reports/render-input';
import type { ReportFormat } from '../../domain/reports/report-type';
import { renderCsv } from './csv/render-csv';
import { renderHtml } from './html/render-html';
import { renderJson } from './json/render-json';
import { renderPdf } from './pdf/render-pdf';

const renderers: Record<ReportFormat, (input: RenderInput) => RenderedFile> = {
  json: renderJson,
  csv: renderCsv,
  html: renderHtml,
  pdf: renderPdf,
};

/** Renders one file of a report. Nothing is read before its bytes are. */
export const renderReport: RenderReport = (format, input) => renderers[format](input);
