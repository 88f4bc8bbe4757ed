import type { ReportContent, Row } from './report-content';
import type { CsvSettings, ReportFilters, ReportFormat, ReportType } from './report-type';
import type { ReportWindow } from './calendar/window';

/** What a file is rendered from. All formats of a report get the same, so they cannot disagree. */
export interface RenderInput {
  type: ReportType;
  report: {
    id: string;
    /** The partner's name, a text from outside. */
    partnerName: string;
    mode: 'live' | 'sandbox';
    window: ReportWindow;
    /** False for a window that was not over. */
    complete: boolean;
    filters: ReportFilters;
    /** ISO 8601. */
    asOf: string;
    dataDigest: string;
    /** Of all rows, however many of them a file shows. */
    rowCount: number;
    /** Sentences of the platform's own that every file repeats, such as on rows that a clean-up removed. */
    warnings: readonly string[];
  };
  content: ReportContent;
  /** Reads the rows, in pages. Called once a file; a renderer that has enough ends the iteration early. */
  rows: () => AsyncIterable<readonly Row[]>;
  csv: CsvSettings;
  /** The formats that the report is made in, for "all in the CSV". */
  formats: readonly ReportFormat[];
}

/** A file as it is rendered. `warnings` is complete once the bytes are read. */
export interface RenderedFile {
  mediaType: string;
  bytes: AsyncIterable<Uint8Array>;
  warnings: () => readonly string[];
}

/** Renders a report in a format. */
export type RenderReport = (format: ReportFormat, input: RenderInput) => RenderedFile;
