import type { ClientSession } from 'mongoose';
import type { Client } from '@temporalio/client';
import { gatewayReported, processPaymentId } from '../../../contracts/payments/payment';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { paymentStates } from '../../../domain/payments/payment';
import { applyStep } from '../../../services/apply-step';
import type { Compensation } from '../../../models/payments/compensation';
import type { Database } from '../../../models/database';

export interface ResolveCompensationInput {
  compensationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  session: ClientSession;
}

/**
 * What an operator can do about an undoing that keeps failing. Both run inside the request's transaction and may run
 * more than once. The process goes on trying by itself, every minute for an hour and then every hour, and acts on what
 * is decided here at its next attempt; {@link hasten} makes that attempt now.
 */
export function createCompensationOperations({ database }: { database: Database }) {
  const { compensations } = database.models;

  const resolve = async (
    { compensationId, by, at, session }: ResolveCompensationInput,
    set: Partial<Compensation>,
    type: 'payment.undo_retried' | 'payment.undo_waived',
  ) => {
    const resolved = await compensations
      .findOneAndUpdate(
        { _id: compensationId, state: 'stuck' },
        { $set: { ...set, updatedAt: new Date(at) } },
        { session, returnDocument: 'after' },
      )
      .lean();
    if (!resolved) {
      const { state } = (await compensations.findById(compensationId).session(session).lean()) ?? {};
      if (!state) throw new DomainError('NOT_FOUND', 'There is no such compensation');
      throw new DomainError(
        'ILLEGAL_STATE',
        `The compensation is ${state}, so nothing is to be done about it: only one that is stuck can be retried or waived. GET /operations/compensations?state=stuck lists them.`,
      );
    }
    const { tenantId, entityType, entityId, updatedAt } = resolved;
    const step = `${type.replace('payment.', '')}/${compensationId}/${updatedAt.getTime()}`;
    await applyStep(
      database,
      { tenantId, entityType, entityId, step, from: paymentStates, at, by, event: { type, data: { compensationId } } },
      session,
    );
    return resolved;
  };

  return {
    /** Takes it off the list until it has failed ten times more. */
    retryCompensation: (input: ResolveCompensationInput): Promise<Compensation> =>
      resolve(input, { state: 'compensating', failures: 0 }, 'payment.undo_retried'),

    /** The operator sees to it by other means: the payment ends without a confirmed void. */
    waiveCompensation: ({
      reason,
      ...input
    }: ResolveCompensationInput & { reason: string | null }): Promise<Compensation> =>
      resolve(
        input,
        { state: 'waived', waived: { by: input.by, reason, at: new Date(input.at) } },
        'payment.undo_waived',
      ),
  };
}

const CALL_TIMEOUT_MS = 2000;

/** Has the undoing tried at once instead of at its next turn; send it after the commit. Best effort: never throws. */
export async function hasten(client: Client, { entityId }: Pick<Compensation, 'entityId'>): Promise<void> {
  const handle = client.workflow.getHandle(processPaymentId(entityId));
  await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => handle.signal(gatewayReported)).catch(() => undefined);
}
