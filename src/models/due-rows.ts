import type { ClientSession, Connection, Model } from 'mongoose';
import type { OutboxRow } from './outbox-row';

/** The consumers of a row of the outbox, and the instant from which it may be sent to them. */
export type DueRow = Pick<OutboxRow, 'pending' | 'dueAt'>;

const REPORTED = 'outboxRowsDue';

/** The rows that a transaction has written so far. */
const uncommitted = new WeakMap<ClientSession, DueRow[]>();

export interface ReportDueRowsInput {
  outbox: Model<OutboxRow>;
  rows: readonly DueRow[];
  /** The transaction that wrote the rows; they are reported once it has committed, and never if it aborts. */
  session?: ClientSession;
}

/** Reports rows that this process inserted, or made due earlier, to the listeners of its database. */
export function reportDueRows({ outbox, rows, session }: ReportDueRowsInput): void {
  if (rows.length === 0) return;
  if (!session) return void outbox.db.emit(REPORTED, rows);
  const known = uncommitted.get(session);
  if (known) known.push(...rows);
  else uncommitted.set(session, [...rows]);
}

/** Calls the listener with reported rows. Returns a function that ends the calls. */
export function onDueRows(connection: Connection, listener: (rows: readonly DueRow[]) => void): () => void {
  connection.on(REPORTED, listener);
  return () => void connection.off(REPORTED, listener);
}

/** Forgets the rows of an attempt of a transaction that did not commit. */
export const forgetUncommitted = (session: ClientSession): boolean => uncommitted.delete(session);

/** Reports the rows of a transaction that has committed. */
export function reportCommitted(connection: Connection, session: ClientSession): void {
  const rows = uncommitted.get(session);
  if (rows) connection.emit(REPORTED, rows);
}
