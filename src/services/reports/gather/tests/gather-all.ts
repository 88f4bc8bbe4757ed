import { Temporal } from 'temporal-polyfill';
import type { Figure, Row, Series } from '../../../../domain/reports/report-content';
import type { ReportType } from '../../../../domain/reports/report-type';
import { reportTypes, type ReportTypeName } from '../../../../domain/reports/report-types';
import type { ReportWindow } from '../../../../domain/reports/calendar/window';
import type { Database } from '../../../../models/database';
import type { GatherScope, GatherState } from '../gatherer';
import { gatherers } from '../gatherers';
import type { History } from './random-facts';

export function windowOf(from: string, to: string, timeZone = 'Europe/Berlin'): ReportWindow {
  const start = Temporal.PlainDate.from(from).toZonedDateTime(timeZone);
  const end = Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime(timeZone);
  const hours = (end.epochMilliseconds - start.epochMilliseconds) / 3_600_000;
  const [startAt, endAt] = [start, end].map((one) => one.toInstant().toString());
  return { period: null, from, to, timeZone, startAt: startAt!, endAt: endAt!, hours, bridge: false };
}

export interface Gathered {
  rows: Row[];
  figures: Figure[];
  series: Series[];
}

/** Gathers a report as its process does: section by section, page by page, each page with the stored state. */
export async function gatherAll({
  type,
  limit = 10_000,
  ...scope
}: GatherScope & { type: ReportTypeName; limit?: number }): Promise<Gathered> {
  const { sections }: ReportType = reportTypes[type];
  const gathered: Gathered = { rows: [], figures: [], series: [] };
  const gatherer = gatherers[type];
  for (const name of sections) {
    const section = gatherer.sections[name]!;
    let state = section.start(scope);
    let after: string | null = null;
    const read = new Set<string | null>();
    do {
      if (read.has(after)) throw new Error(`The page after ${after} is read again`);
      read.add(after);
      const page = await section.readPage({ ...scope, after, limit, state });
      if (page.rows.length > limit) throw new Error(`A page of ${limit} has ${page.rows.length} rows`);
      gathered.rows.push(...page.rows);
      state = JSON.parse(JSON.stringify(page.state)) as GatherState;
      after = page.after;
    } while (after !== null);
    const { figures, series } = section.contentOf(state, scope);
    gathered.figures.push(...figures);
    gathered.series.push(...series);
  }
  if (gatherer.rowsOfFigures) gathered.rows.push(...gatherer.rowsOfFigures(gathered.figures));
  return gathered;
}

/** Writes what was recorded up to an instant, as the documents stood then. Returns what was not. */
export async function record(database: Database, { entities, postings }: History, upTo: Date): Promise<void> {
  const isRecorded = ({ recordedAt }: { recordedAt: Date }): boolean => recordedAt <= upTo;
  const { models } = database;
  for (const { collection, events, fixed, _id, tenantId, createdAt } of entities) {
    const recorded = events.filter(isRecorded);
    const last = recorded.at(-1);
    if (!last) continue;
    const document = { ...fixed, tenantId, createdAt, state: last.state };
    await models[collection].collection.updateOne({ _id } as never, { $set: document }, { upsert: true });
  }
  const all = [
    { collection: models.events.collection, documents: entities.flatMap(({ events }) => events) },
    { collection: models.ledgerPostings.collection, documents: postings },
  ];
  for (const { collection, documents } of all) {
    const known = new Set(
      (await collection.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => String(_id)),
    );
    const missing = documents.filter((one) => isRecorded(one) && !known.has(one._id));
    if (missing.length > 0) await collection.insertMany(missing as never[], { ordered: false });
  }
}
