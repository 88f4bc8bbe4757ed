import type { Figure, Row, Series } from '../../../domain/reports/report-content';
import type { ReportFilters } from '../../../domain/reports/report-type';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import type { Database } from '../../../models/database';

/** What a report is about: the facts dated in the window and recorded up to `asOf`. */
export interface GatherScope {
  database: Database;
  tenantId: string;
  window: ReportWindow;
  /** The window that a type of report compares with; null where there is none. */
  before: ReportWindow | null;
  filters: ReportFilters;
  asOf: Date;
  /**
   * The `asOf` of the statement of the window before, whose closing is the opening of this one; null where none was
   * made. Read by statements alone.
   */
  previousAsOf: Date | null;
  /**
   * True where the buckets have everything that was recorded up to `asOf`. Read when a section begins. Defaults to
   * false: the source is read.
   */
  byBuckets?: boolean;
}

/** Plain data, small: it is stored with every part, so that a killed worker goes on where the last part ended. */
export type GatherState = Readonly<Record<string, unknown>>;

export interface GatheredPage<State> {
  rows: Row[];
  /** The key to continue after; null at the end. */
  after: string | null;
  /** What has been added up so far, this page included. */
  state: State;
}

/**
 * Reads one section of a report: a fold over the facts of the window, in the order of their keys. The same scope gives
 * the same rows and figures, whenever and in however many attempts it is read.
 */
export interface SectionGatherer<State extends GatherState = GatherState> {
  /** True for a scope whose figures are cheaper to read from the buckets. Left out where the source is always read. */
  wantsBuckets?(scope: GatherScope): boolean;
  start(scope: GatherScope): State;
  /** Reads the facts after a key, at most `limit` of them; null begins. */
  readPage(input: GatherScope & { after: string | null; limit: number; state: State }): Promise<GatheredPage<State>>;
  /** Returns what the section says, once all is read. */
  contentOf(state: State, scope: GatherScope): { figures: Figure[]; series: Series[] };
}

/** Reads a type of report, section by section in the order of its definition. */
export interface Gatherer {
  /** Returns the number of rows that the report will have, by an indexed count; 0 where its rows are its figures. */
  countRows(scope: GatherScope): Promise<number>;
  sections: Readonly<Record<string, SectionGatherer>>;
  /**
   * Returns the rows that are the figures themselves, for a type without rows of its own. Left out by the others.
   */
  rowsOfFigures?(figures: readonly Figure[]): Row[];
}
