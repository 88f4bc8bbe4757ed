import { DomainError } from '../../domain/domain-error';
import type { FileStore } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import type { OfferedFile, Report } from '../../models/reports/report';
import { onDamagedFile } from '../../services/reports/damaged-files';
import { readReportFile } from '../../services/reports/files';
import { notFound, type Handlers } from '../handler';
import { ByteStream, type Call, type Reply } from '../pipeline/request-context';
import { rangeOf } from '../replies/byte-range';
import { etagOf, replyConditionally } from '../replies/etag';
import { findCalledReport } from './find-report';

export interface ReportFileHandlersInput {
  database: Database;
  fileStore: FileStore;
  logger: { error: (fields: object, message: string) => void };
}

/** Serves the files of completed reports. */
export function reportFileHandlers(input: ReportFileHandlersInput): Handlers<'downloadReportFile'> {
  const { database } = input;
  return {
    async downloadReportFile(call) {
      const report = await findCalledReport({ database, call });
      return replyWithFile({ ...input, call, report, file: requireFile(report, call.params.format) });
    },
  };
}

/**
 * Returns the file of a report in a format.
 * @throws DomainError `NOT_FOUND` for a format that the report was not asked for, `REPORT_EXPIRED`, `REPORT_NOT_READY`
 */
export function requireFile(
  { state, formats, files }: Pick<Report, 'state' | 'formats' | 'files'>,
  format: string,
): OfferedFile {
  if (!(formats as readonly string[]).includes(format)) throw notFound('file');
  if (state === 'expired')
    throw new DomainError('REPORT_EXPIRED', 'The files of the report are removed; its figures stay. Make it again.');
  const file = state === 'completed' ? files.find((each) => each.format === format) : undefined;
  if (file) return file;
  const remedy = state === 'failed' || state === 'cancelled' ? 'make it again' : 'wait until it is completed';
  throw new DomainError('REPORT_NOT_READY', `The report is ${state}, so there is no file: ${remedy}.`);
}

export interface ReplyWithFileInput extends ReportFileHandlersInput {
  call: Pick<Call, 'headers' | 'correlationId'>;
  report: Pick<Report, '_id' | 'tenantId'>;
  file: OfferedFile;
}

/** Nothing in a file may load or run anything, wherever the file is opened. */
const CONTAINED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Returns a file, or the part of it that the caller asks for, as it streams from the store. */
export async function replyWithFile(input: ReplyWithFileInput): Promise<Reply> {
  const { call, report, file } = input;
  const { fileId, bytes, sha256, mediaType, name } = file;
  const ETag = etagOf(sha256);
  // Conditions come before a range (RFC 9110 §13.2.2): a 304 tells nothing of a part.
  const held = replyConditionally({ call, reply: { status: 200, headers: { ETag }, body: null } });
  if (held.status === 304) return held;
  const condition = call.headers['if-range'];
  const range = condition === undefined || condition === ETag ? rangeOf(call.headers.range, bytes) : null;
  const { _id: reportId, tenantId } = report;
  const stream = await readReportFile({
    database: input.database,
    store: input.fileStore,
    file: { _id: fileId, tenantId, bytes, sha256 },
    range: range ?? undefined,
    onDamaged: onDamagedFile({
      database: input.database,
      tenantId,
      fileId,
      reportId,
      format: file.format,
      log: (fields, message) => input.logger.error(fields, message),
    }),
  });
  const length = range ? range.last - range.first + 1 : bytes;
  return {
    status: range ? 206 : 200,
    headers: {
      ETag,
      'Accept-Ranges': 'bytes',
      'Content-Type': mediaType,
      'Content-Length': String(length),
      'Content-Disposition': `${isShown(mediaType) ? 'inline' : 'attachment'}; filename="${name}"`,
      'Content-Security-Policy': CONTAINED,
      ...(range ? { 'Content-Range': `bytes ${range.first}-${range.last}/${bytes}` } : {}),
    },
    body: new ByteStream(stream, (err) =>
      input.logger.error({ err, correlationId: call.correlationId, reportId }, 'A file could not be read'),
    ),
  };
}

/** Pages and PDF are for people to look at; the other formats are for programs. */
const isShown = (mediaType: string): boolean => mediaType.startsWith('text/html') || mediaType === 'application/pdf';
