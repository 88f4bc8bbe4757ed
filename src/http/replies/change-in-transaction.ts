import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import { readSandbox, requireNoResetSince } from '../../services/sandbox/while-resetting';
import type { Call } from '../pipeline/request-context';
import type { Turns } from './turns';

export interface ChangeInTransactionInput<Result> {
  database: Database;
  turns: Turns;
  /** Id of what concurrent requests of this kind write; they make their changes in turns. */
  contended: string;
  call: Pick<Call, 'tenantId' | 'deadline'>;
  /** Makes the change; may run more than once, always with the same `at`, the tenant's business time. */
  change: (session: ClientSession, at: Date) => Promise<Result>;
}

/**
 * Makes a change that needs no Idempotency-Key (PUT, PATCH, DELETE) in one transaction. A change is never reported as
 * made when a reset of the sandbox that began meanwhile may have deleted it.
 * @throws DomainError `SANDBOX_RESETTING`; `DATABASE_UNAVAILABLE` once the request's deadline has passed
 */
export async function changeInTransaction<Result>({
  database,
  turns,
  contended,
  call: { tenantId, deadline },
  change,
}: ChangeInTransactionInput<Result>): Promise<Result> {
  const { now, resets } = await readSandbox({ database, tenantId });
  const commit = () =>
    database.inTransaction(async (session) => {
      deadline.throwIfPassed();
      const result = await change(session, now);
      deadline.throwIfPassed();
      return result;
    });
  const result = await turns.run(contended, commit);
  await requireNoResetSince({ database, tenantId, resets });
  return result;
}
