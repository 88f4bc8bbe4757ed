import { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import { findEntity } from '../find-entity';
import type { GatherScope, GatherState, SectionGatherer } from './gather/gatherer';
import { gathererOf, scopeOf } from './gather-scope';
import { mayReadBuckets } from './buckets/may-read-buckets';
import { countGatheredRows, findLastPart, writePart } from './parts';
import { untilSettled } from './until-settled';

/** Facts read at a time. */
const PAGE_ROWS = 5000;
/**
 * A part ends after 10,000 facts, also where they are no rows: what was added up of them is not read again, and their
 * rows are in memory as text.
 */
export const MAX_PART_PAGES = 2;
/** Rows of long texts end a part earlier: a document has 16 MB at most. */
const MAX_PART_BYTES = 8_000_000;

export interface GatherSectionInput {
  database: Database;
  tenantId: string;
  reportId: string;
  chain: string;
  section: string;
  /** Called after every page; throws to end the work. */
  onPage: () => void;
}

/**
 * Reads a section of a report and writes its rows as parts; goes on after the last part that is written. A section that
 * is complete is left as it is.
 * @throws DomainError `ENTITY_NOT_OURS` where the report is not being gathered by this chain any more
 */
export async function gatherSection(input: GatherSectionInput): Promise<void> {
  const { database, tenantId, reportId, section, onPage } = input;
  const report = await findEntity({ database, tenantId, entityType: 'report', entityId: reportId });
  const gatherer = gathererOf(report.type).sections[section];
  if (!gatherer) throw new DomainError('REPORT_TYPE_UNKNOWN', `${report.type} has no section ${section}`);
  const scope = await scopeOf({ database, report });
  await untilSettled(report.asOf);
  const last = await findLastPart(input);
  if (last && last.after === null) return;
  let rowsSoFar = await countGatheredRows(input);
  let after = last?.after ?? null;
  let state = last?.state ?? (await startOf(gatherer, scope, input));
  for (let part = last ? last.part + 1 : 0; ; part += 1) {
    const texts: string[] = [];
    let [rowCount, bytes, pages] = [0, 0, 0];
    do {
      const page = await gatherer.readPage({ ...scope, after, limit: PAGE_ROWS, state });
      const text = page.rows.map((row) => JSON.stringify(row)).join('\n');
      if (page.rows.length > 0) texts.push(text);
      bytes += text.length;
      rowCount += page.rows.length;
      ({ after, state } = page);
      pages += 1;
      onPage();
    } while (after !== null && pages < MAX_PART_PAGES && bytes < MAX_PART_BYTES);
    rowsSoFar += rowCount;
    await writePart({ ...input, part, text: texts.join('\n'), rowCount, after, state, rowsSoFar });
    if (after === null) return;
  }
}

/** Returns the state of a section that begins, which says where it reads. */
async function startOf(
  gatherer: SectionGatherer,
  scope: GatherScope,
  { reportId, onPage }: GatherSectionInput,
): Promise<GatherState> {
  const wanted = gatherer.wantsBuckets?.(scope) ?? false;
  return gatherer.start({
    ...scope,
    byBuckets: wanted && (await mayReadBuckets({ ...scope, reportId, onWait: onPage })),
  });
}
