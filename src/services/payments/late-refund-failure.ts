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
  /** The key of the refund's call to the gateway. */
  idempotencyKey: string;
  /** Business time, ISO 8601. */
  at: string;
}

/** The failure code of such a refund: the gateway had reported success. */
export const FAILED_AFTER_SUCCESS = 'failed_after_success';

/**
 * Records in the caller's transaction that a refund which had succeeded has failed: on its timeline and its payment's,
 * for the partner, and on the operator's list. No process is left, our books show the money as refunded, and only a
 * person can still resolve that. Does nothing for a refund in another state, nor for the second time: a refund fails
 * once and the failure is reported several times, perhaps after somebody has resolved it.
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
    detail:
      `The gateway reported this refund of ${plainMoney(amount)} as successful and now reports that it has failed: ` +
      'the customer has not received the money, which is back on the account at the gateway. ' +
      'The books show the money as refunded',
  });
}
