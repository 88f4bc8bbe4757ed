import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import type { Row } from '../../domain/reports/report-content';
import type { Database } from '../../models/database';
import { reportPartId, type ReportPart } from '../../models/reports/report-part';
import { deleteInSlices } from '../delete-in-slices';
import type { GatherState } from './gather/gatherer';

const compress = promisify(gzip);
const expand = promisify(gunzip);
/** The lowest level of compression: rows are read once or a few times, and then removed. */
const LEVEL = 1;

export interface PartsInput {
  database: Database;
  tenantId: string;
  reportId: string;
}

export interface WritePartInput extends PartsInput {
  chain: string;
  section: string;
  part: number;
  /** Rows as lines of JSON; lines are separated by a line feed. */
  text: string;
  rowCount: number;
  after: string | null;
  state: GatherState;
  /** Rows of the report gathered so far, this part included. */
  rowsSoFar: number;
}

/**
 * Writes a part and the report's progress. A repeat writes the same part again.
 * @throws DomainError `ENTITY_NOT_OURS` where the report is not being gathered by this chain any more
 */
export async function writePart(input: WritePartInput): Promise<void> {
  const { database, tenantId, reportId, chain, section, part, text, rowCount, after, state, rowsSoFar } = input;
  const { reports, reportParts } = database.models;
  const rows = await compress(text, { level: LEVEL });
  await database.inTransaction(async (session) => {
    const { matchedCount } = await reports.updateOne(
      { _id: reportId, tenantId, state: 'gathering', chain },
      { $set: { 'progress.section': section }, $max: { 'progress.rows': rowsSoFar }, $inc: { version: 1 } },
      { session },
    );
    if (matchedCount === 0)
      throw new DomainError('ENTITY_NOT_OURS', `report ${reportId} is not being gathered by this run`);
    const about: Omit<ReportPart, '_id'> = {
      tenantId,
      reportId,
      section,
      part,
      rows,
      rowCount,
      after,
      state: { ...state },
    };
    await reportParts.replaceOne({ _id: reportPartId({ reportId, section, part }) }, about, { upsert: true, session });
  });
}

/** Returns the last part of a section without its rows; null before the first. */
export const findLastPart = ({
  database,
  tenantId,
  reportId,
  section,
}: PartsInput & { section: string }): Promise<Omit<ReportPart, 'rows'> | null> =>
  database.models.reportParts
    .findOne({ tenantId, reportId, section }, { rows: 0 })
    .sort({ part: -1 })
    .lean<Omit<ReportPart, 'rows'> | null>();

/** Returns the number of rows in the parts that are written. */
export async function countGatheredRows({ database, tenantId, reportId }: PartsInput): Promise<number> {
  const parts = await database.models.reportParts.find({ tenantId, reportId }, { rowCount: 1 }).lean();
  return parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** The rows of a part as lines of JSON in UTF-8; lines are separated by a line feed. */
export interface PartText {
  bytes: Uint8Array;
  rowCount: number;
}

/** Reads the rows as text, part by part, in the order of the sections; parts without rows are left out. */
export async function* readTexts({
  database,
  tenantId,
  reportId,
  sections,
}: PartsInput & { sections: readonly string[] }): AsyncGenerator<PartText> {
  const { reportParts } = database.models;
  for (const section of sections) {
    for (let part = 0; ; part += 1) {
      const found = await reportParts.findOne({ tenantId, reportId, section, part }).lean();
      if (!found) throw new DomainError('PARTS_MISSING', `report ${reportId} has no part ${part} of ${section}`);
      const { rows, rowCount } = found;
      if (rowCount > 0) yield { bytes: await expand(bytesOf(rows)), rowCount };
      if (found.after === null) break;
    }
  }
}

/** Rows that are parsed together: few enough to be gone before the garbage collector looks at them twice. */
const SLICE_ROWS = 500;

/** Reads the rows in slices, in the order of the sections. */
export async function* readRows(input: PartsInput & { sections: readonly string[] }): AsyncGenerator<Row[]> {
  for await (const { bytes } of readTexts(input)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    let slice: Row[] = [];
    for (let from = 0; from <= text.length;) {
      const end = text.indexOf('\n', from);
      const to = end === -1 ? text.length : end;
      slice.push(JSON.parse(text.slice(from, to)) as Row);
      from = to + 1;
      if (slice.length < SLICE_ROWS) continue;
      yield slice;
      slice = [];
    }
    if (slice.length > 0) yield slice;
  }
}

const bytesOf = (rows: ReportPart['rows']): Uint8Array => (Buffer.isBuffer(rows) ? rows : rows.buffer);

/** Removes every part of a report within the caller's transaction. */
export async function giveUpParts({
  database,
  tenantId,
  reportId,
  session,
}: PartsInput & { session: ClientSession }): Promise<void> {
  await database.models.reportParts.deleteMany({ tenantId, reportId }, { session });
}

/** Removes every part of a report, however many there are. */
export async function removeParts({ database, tenantId, reportId }: PartsInput): Promise<void> {
  await deleteInSlices({ database, model: database.models.reportParts, tenantId, filter: { reportId } });
}

/**
 * Returns the digest of what a report says: SHA-256 of its figures and series, then of its rows in their order, each a
 * line of JSON. It does not depend on the parts, nor on the time at which the report was made.
 */
export async function digestOf({
  content,
  texts,
}: {
  content: object;
  /** Rows as lines of JSON; lines are separated by a line feed. */
  texts: AsyncIterable<Uint8Array>;
}): Promise<string> {
  const digest = createHash('sha256').update(`${JSON.stringify(content)}\n`);
  for await (const text of texts) digest.update(text).update('\n');
  return digest.digest('hex');
}
