import { statesOf, terminalStates, transitionsToMermaid, type Transitions } from '../transitions';

export type ReportState =
  | 'accepted'
  | 'gathering'
  | 'rendering'
  | 'storing'
  | 'completed'
  | 'expired'
  | 'failed'
  | 'cancelled';

const ends = { failed: 'a fault that a retry does not cure', cancelled: 'cancelled' } as const;

/** Every transition that a report may make: the source of guards, tests and the picture in docs/reports.md. */
export const reportTransitions: Transitions<ReportState> = {
  accepted: { gathering: 'one of the two places is free', ...ends },
  gathering: { rendering: 'figures and rows are complete', ...ends },
  rendering: { storing: 'every file is written', ...ends },
  storing: { completed: 'every file was read back as it was written', ...ends },
  completed: { expired: 'a clean-up removed the files' },
  expired: {},
  failed: {},
  cancelled: {},
};

export const reportStates = statesOf<ReportState>(reportTransitions);
/** The states in which the report's process has nothing left to do. */
export const endedReportStates: readonly ReportState[] = [
  'completed',
  ...terminalStates<ReportState>(reportTransitions),
];
export const openReportStates = reportStates.filter((state) => !endedReportStates.includes(state));

export const hasReportEnded = (state: ReportState): boolean => endedReportStates.includes(state);

/** True for a report that was completed, also once its files are gone. */
export const isMadeReport = (state: ReportState): boolean => state === 'completed' || state === 'expired';

/** Returns the picture of the table, for docs/reports.md. */
export const reportsToMermaid = (): string => transitionsToMermaid({ table: reportTransitions, initial: 'accepted' });

/** The number of reports of a tenant that are made at a time. */
export const REPORTS_AT_ONCE = 2;
/** A report with more rows is refused when it is asked for. */
export const MAX_ROWS = 1_000_000;

export interface ReportProgress {
  state: ReportState;
  /** Rows that are gathered, of those that the report will have. */
  rows: number;
  of: number;
  /** The last state in which the report was being made; left out before it begins. */
  reached?: ReportState;
}

/**
 * Returns how much of the work is done, in percent: by the state, and by the rows while they are gathered. A report
 * that was not made shows how far it came.
 */
export function percentOf({ state, rows, of, reached = 'accepted' }: ReportProgress): number {
  const at = state === 'failed' || state === 'cancelled' ? reached : state;
  if (isMadeReport(at)) return 100;
  if (at === 'storing') return 95;
  if (at === 'rendering') return 70;
  if (at !== 'gathering') return 0;
  return of === 0 ? 5 : Math.min(69, 5 + Math.floor((64 * rows) / of));
}

/** The codes of failed reports; openapi.yaml lists them. */
export type ReportFailureCode =
  | 'AMOUNT_TOO_LARGE'
  | 'CLOSED_BY_OPERATOR'
  | 'FILE_DAMAGED'
  | 'INTERNAL'
  | 'PARTS_MISSING'
  | 'STORAGE_UNAVAILABLE'
  | 'TIMED_OUT';

/** Why a report failed: a code, and a sentence with the remedy. */
export interface ReportFailure {
  code: ReportFailureCode;
  detail: string;
}
