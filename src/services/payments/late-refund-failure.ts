import type { ClientSession } from 'mongoose';
import { refundPaymentId } from '../../contracts/payments/payment';
import { byWorkflow as by } from '../../domain/actor';
import { plainMoney } from '../../domain/money-text';
import { paymentStates } from '../../domain/payments/payment';
import { applyStep } from '../apply-step';
import type { Database } from '../../models/database';
import { openStuckItem } from '../operator/stuck-items';

export interface RecordLateRefundFailureInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** Of the refund's call to the gateway. */
  idempotencyKey: string;
  /** Business time, ISO 8601. */
  at: string;
}

/** What a refund says of itself then: the gateway had called it done. */
export const FAILED_AFTER_SUCCESS = 'failed_after_success';

/**
 * Records in the caller's transaction that a refund which had succeeded has failed: on its timeline and its payment's,
 * for the partner, and on the operator's list. No process is left, our books say that the money was given back, and
 * only a person can still see to that. Nothing for a refund in another state, nor for the second time: it fails once
 * and is reported several times, perhaps after somebody has seen to it.
 */
export async function recordLateRefundFailure({
  database,
  session,
  tenantId,
  idempotencyKey,
  at,
}: RecordLateRefundFailureInput): Promise<void> {
  const { models } = database;
  const [refundId = ''] = idempotencyKey.split(':');
  const refund = await models.refunds
    .findOne({ _id: refundId, tenantId, state: 'succeeded' }, { amount: 1, paymentId: 1 })
    .session(session)
    .lean();
  const about = { kind: 'refund_failed_late', subject: refundPaymentId(refundId) } as const;
  if (!refund || (await models.stuckItems.exists({ ...about, tenantId }).session(session))) return;
  const { paymentId, amount } = refund;

  const data = { refundId, paymentId, amountMinor: amount.amountMinor };
  const set = { failure: FAILED_AFTER_SUCCESS };
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'refund',
      entityId: refundId,
      step: 'failed-late',
      from: ['succeeded'],
      set,
      at,
      by,
      event: { type: 'refund.failed_late', data },
    },
    session,
  );
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      step: `refund/${refundId}/failed-late`,
      from: paymentStates,
      at,
      by,
      event: { type: 'payment.refund_failed_late', data },
    },
    session,
  );
  await openStuckItem({
    database,
    session,
    ...about,
    tenantId,
    entityType: 'refund',
    entityId: refundId,
    detail: `The gateway called this refund of ${plainMoney(amount)} done and reports now that it has failed: the customer has not got the money, it is back on the account at the gateway. The books show it as refunded`,
  });
}
