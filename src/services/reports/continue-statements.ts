import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import { asOfOfStatement } from '../../domain/reports/statement-chain';
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
  asOf: Date;
}

/**
 * Returns the `asOf` that a report gets, and that of the statement of the month before, from whose closing a statement
 * goes on; null where none was made, and for every other type of report. Statements of a tenant are accepted one after
 * the other, so that none of two misses the other.
 * @throws DomainError `WINDOW_CLOSED`, `AS_OF_INVALID`: see {@link asOfOfStatement}; `PERIOD_INVALID` for a statement
 *   of a window that is no month
 */
export async function continueStatements(
  input: ContinueStatementsInput,
): Promise<Pick<Report, 'asOf' | 'previousAsOf'>> {
  const { type, window, asOf } = input;
  if (type !== 'statement') return { asOf, previousAsOf: null };
  if (window.period === null)
    throw new DomainError('PERIOD_INVALID', 'A statement is made for a month, and the window is none.');
  await takeTurn(input);
  const [before, own, next] = [
    await findStatement(input, previousWindow(window)),
    await findStatement(input, window),
    await findStatement(input, nextPeriod(window)),
  ];
  return { asOf: asOfOfStatement({ window, asOf, before, own, next }), previousAsOf: before?.asOf ?? null };
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

/** Returns the newest statement of a month that was completed or is being made; the month is known by its instants. */
async function findStatement(
  { database, session, tenantId, type }: ContinueStatementsInput,
  { period, startAt }: ReportWindow,
): Promise<Pick<Report, 'asOf' | 'previousAsOf'> | null> {
  const found = await database.models.reports
    .find({ tenantId, type, 'window.period': period }, { state: 1, asOf: 1, previousAsOf: 1, window: 1 })
    .sort({ createdAt: -1, _id: -1 })
    .session(session)
    .lean();
  const isStanding = ({ state, window }: (typeof found)[number]): boolean =>
    window.startAt === startAt && state !== 'failed' && state !== 'cancelled';
  return found.find(isStanding) ?? null;
}
