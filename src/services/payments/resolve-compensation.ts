import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import { paymentStates } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { Compensation } from '../../models/payments/compensation';
import { applyStep } from '../apply-step';

export interface ResolveCompensationInput {
  database: Database;
  compensationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  session: ClientSession;
}

/**
 * Takes an undoing that keeps failing off the operator's list until it has failed ten times more. The process keeps
 * trying by itself, every minute for an hour and then every hour, and applies the decision at its next attempt.
 * @throws DomainError `NOT_FOUND`, `ILLEGAL_STATE`
 */
export const retryCompensation = (input: ResolveCompensationInput): Promise<Compensation> =>
  resolve(input, { state: 'compensating', failures: 0 }, 'payment.undo_retried');

/**
 * Records that the operator resolves an undoing by other means: the payment ends without a confirmed void.
 * @throws DomainError `NOT_FOUND`, `ILLEGAL_STATE`
 */
export const waiveCompensation = ({
  reason,
  ...input
}: ResolveCompensationInput & { reason: string | null }): Promise<Compensation> =>
  resolve(input, { state: 'waived', waived: { by: input.by, reason, at: new Date(input.at) } }, 'payment.undo_waived');

async function resolve(
  { database, compensationId, by, at, session }: ResolveCompensationInput,
  set: Partial<Compensation>,
  type: 'payment.undo_retried' | 'payment.undo_waived',
): Promise<Compensation> {
  const resolved = await database.models.compensations
    .findOneAndUpdate(
      { _id: compensationId, state: 'stuck' },
      { $set: { ...set, updatedAt: new Date(at) } },
      { session, returnDocument: 'after' },
    )
    .lean();
  if (!resolved) return explainRefusal({ database, compensationId, session });
  const { tenantId, entityType, entityId, updatedAt } = resolved;
  const step = `${type.replace('payment.', '')}/${compensationId}/${updatedAt.getTime()}`;
  await applyStep(
    database,
    { tenantId, entityType, entityId, step, from: paymentStates, at, by, event: { type, data: { compensationId } } },
    session,
  );
  return resolved;
}

async function explainRefusal({
  database,
  compensationId,
  session,
}: Pick<ResolveCompensationInput, 'database' | 'compensationId' | 'session'>): Promise<never> {
  const found = await database.models.compensations.findById(compensationId).session(session).lean();
  if (!found) throw new DomainError('NOT_FOUND', 'There is no such compensation');
  throw new DomainError(
    'ILLEGAL_STATE',
    `The compensation is ${found.state}: only a stuck compensation can be retried or waived. ` +
      'GET /operations/compensations?state=stuck lists them.',
  );
}
