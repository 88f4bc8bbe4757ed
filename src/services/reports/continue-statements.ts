import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import { isMadeReport } from '../../domain/reports/report';
import type { Figure } from '../../domain/reports/report-content';
import type { ReportFilters } from '../../domain/reports/report-type';
import { asOfOfStatement, newChainWarning, type StatementTimes } from '../../domain/reports/statement-chain';
import { nextPeriod, previousWindow, type ReportWindow } from '../../domain/reports/calendar/window';
import type { Database } from '../../models/database';
import type { Report } from '../../models/reports/report';

export interface ContinueStatementsInput {
  database: Database;
  /** The transaction that accepts the report. */
  session: ClientSession;
  tenantId: string;
  type: string;
  window: ReportWindow;
  filters: ReportFilters;
  asOf: Date;
  /** True where no `asOf` was asked for. */
  sharesAsOf: boolean;
  /** True for a report that a schedule orders. */
  isScheduled: boolean;
}

/**
 * Returns the `asOf` that a report gets, and that of the statement of the month before, from whose closing a statement
 * goes on; null where none was made, and for every other type of report. Statements go on from those with the same
 * filters alone, and in a zone whose months are the same: one that leaves such a chain has a warning. Those of a tenant
 * are accepted one after the other, so that none of two misses the other.
 * @throws DomainError `WINDOW_CLOSED`, `AS_OF_INVALID`: see {@link asOfOfStatement}; `PERIOD_INVALID` for a statement
 *   of a window that is no month
 */
export async function continueStatements(
  input: ContinueStatementsInput,
): Promise<Pick<Report, 'asOf' | 'previousAsOf'> & { orderWarnings: string[] }> {
  const { type, window, asOf, sharesAsOf, isScheduled } = input;
  if (type !== 'statement') return { asOf, previousAsOf: null, orderWarnings: [] };
  if (window.period === null)
    throw new DomainError('PERIOD_INVALID', 'A statement is made for a month, and the window is none.');
  await takeTurn(input);
  const [before, own, next] = [
    await findStatement(input, previousWindow(window)),
    await findStatement(input, window),
    await findStatement(input, nextPeriod(window)),
  ];
  const joined = asOfOfStatement({ window, asOf, sharesAsOf, isScheduled, before, own, next });
  const left = before ? null : await findOtherChain(input, previousWindow(window));
  return {
    asOf: joined,
    previousAsOf: before?.asOf ?? null,
    orderWarnings: left ? [newChainWarning(window, left)] : [],
  };
}

/** True for the errors by which a statement is refused once it is accepted. */
export const isStatementRefused = (error: unknown): error is DomainError =>
  error instanceof DomainError && ['WINDOW_CLOSED', 'AS_OF_INVALID', 'PERIOD_INVALID'].includes(error.code);

/** Writes the tenant's document: of two transactions that do so at a time, one begins again after the other. */
async function takeTurn({ database, session, tenantId }: ContinueStatementsInput): Promise<void> {
  const ordered = { $inc: { statementsOrdered: 1 } };
  const { matchedCount } = await database.models.reportSlots.updateOne({ _id: tenantId }, ordered, { session });
  if (matchedCount === 0) throw new Error(`The tenant ${tenantId} has no document of its reports`);
}

/** The newest statement of a month counts what was recorded up to the latest instant, whenever it was made. */
async function findStatement(input: ContinueStatementsInput, window: ReportWindow): Promise<StatementTimes | null> {
  const { database, session, tenantId, type, filters } = input;
  const found = await findStatements({ database, session, tenantId, type, filters, window });
  const standing = standingFirst(found);
  const [newest] = standing;
  return newest ? { ...newest, hasSchedule: standing.some(({ scheduleId }) => scheduleId !== null) } : null;
}

/** Returns the window of the newest statement of a month that was made in another zone; null where there is none. */
async function findOtherChain(input: ContinueStatementsInput, window: ReportWindow): Promise<ReportWindow | null> {
  const [newest] = standingFirst(await findOfPeriod({ ...input, window }));
  return newest?.window ?? null;
}

/** Returns the statements that did not fail, the one that counts up to the latest instant first. */
const standingFirst = (found: readonly Report[]): Report[] =>
  found
    .filter(({ state }) => state !== 'failed' && state !== 'cancelled')
    .toSorted((one, other) => other.asOf.getTime() - one.asOf.getTime());

type FindStatementsInput = Pick<ContinueStatementsInput, 'database' | 'tenantId' | 'type' | 'filters' | 'window'> & {
  session?: ClientSession;
};

/**
 * Returns the statements of a month with the same filters, newest first. The month is known by its instants; one that
 * was asked for before the month was over is a preview, from which none goes on.
 */
async function findStatements(input: FindStatementsInput): Promise<Report[]> {
  const { startAt } = input.window;
  return (await findOfPeriod(input)).filter(({ window }) => window.startAt === startAt);
}

/** Returns the statements of a month in every zone, with the same filters, newest first. */
async function findOfPeriod(input: FindStatementsInput): Promise<Report[]> {
  const { database, session, tenantId, type, filters, window } = input;
  const found = await database.models.reports
    .find(
      { tenantId, type, 'window.period': window.period },
      { state: 1, complete: 1, asOf: 1, previousAsOf: 1, window: 1, filters: 1, scheduleId: 1 },
    )
    .sort({ createdAt: -1, _id: -1 })
    .session(session ?? null)
    .lean<Report[]>();
  return found.filter((one) => one.complete && filterKeyOf(one.filters) === filterKeyOf(filters));
}

const filterKeyOf = ({ currency, planId }: ReportFilters = {}): string => `${currency ?? ''}/${planId ?? ''}`;

/** Returns the figures of the completed statement of a month that counts up to `asOf`; null where there is none. */
export async function findClosing({
  asOf,
  ...input
}: FindStatementsInput & { asOf: Date }): Promise<readonly Figure[] | null> {
  const found = await findStatements(input);
  const made = found.find((one) => one.asOf.getTime() === asOf.getTime() && isMadeReport(one.state));
  if (!made) return null;
  const { tenantId } = input;
  const read = await input.database.models.reports.findOne({ _id: made._id, tenantId }, { figures: 1 }).lean<Report>();
  return read?.figures ?? null;
}
