import type { ClientSession } from 'mongoose';
import { gatewayKey, refundPaymentId } from '../../contracts/payments/payment';
import { byWorkflow as by } from '../../domain/actor';
import { plainMoney } from '../../domain/money-text';
import { postRefundReversal } from '../../domain/payments/ledger';
import { paymentStateOfFunds } from '../../domain/payments/refund';
import type { Database } from '../../models/database';
import { applyStep } from '../apply-step';
import { findEntity } from '../find-entity';
import { openStuckItem } from '../operator/stuck-items';
import { fundsOf } from './accept-refund';
import { insertPostings } from './insert-postings';

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
 * Records a reported failure of a refund in the caller's transaction. A refund that is still pending is marked, so that
 * its process does not record an earlier report of success; the two writes of the refund conflict, so neither is
 * missed.
 */
export async function recordRefundFailure(input: RecordLateRefundFailureInput): Promise<void> {
  const { database, session, tenantId, idempotencyKey } = input;
  const { matchedCount } = await database.models.refunds.updateOne(
    { _id: refundIdOf(idempotencyKey), tenantId, state: 'pending' },
    { $set: { failureReported: true } },
    { session },
  );
  if (matchedCount === 0) await recordLateRefundFailure(input);
}

const refundIdOf = (idempotencyKey: string): string => idempotencyKey.split(':')[0] ?? '';

/**
 * Records in the caller's transaction that a refund which had succeeded has failed: on its timeline and its payment's,
 * for the partner, in the books, and on the operator's list. The money is back on the account at the gateway and can be
 * refunded again. Does nothing for a refund in another state, so a failure that is reported several times is recorded
 * once.
 */
async function recordLateRefundFailure({
  database,
  session,
  tenantId,
  idempotencyKey,
  at,
}: RecordLateRefundFailureInput): Promise<void> {
  const { models } = database;
  const refundId = refundIdOf(idempotencyKey);
  const refund = await models.refunds
    .findOne({ _id: refundId, tenantId, state: 'succeeded' }, { amount: 1, paymentId: 1, parentId: 1 })
    .session(session)
    .lean();
  if (!refund) return;
  const { paymentId, amount, parentId } = refund;
  const payment = await findEntity({ database, session, tenantId, entityType: 'payment', entityId: paymentId });
  const refundedMinor = payment.refundedMinor - amount.amountMinor;

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
      to: 'failed',
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
      from: [payment.state],
      to: paymentStateOfFunds({ ...fundsOf(payment), refundedMinor }),
      set: { refundedMinor },
      at,
      by,
      event: { type: 'payment.refund_failed_late', data },
      alongside: async (_session, postedAt) => {
        const key = `${gatewayKey(refundId, 'refund')}:failed`;
        const postings = [postRefundReversal({ key, paymentId, amount })];
        await insertPostings({ database, session, tenantId, postings, at: postedAt });
      },
    },
    session,
  );
  // An entity that ordered the refund lists the owed amount itself.
  if (parentId !== null) return;
  await openStuckItem({
    database,
    session,
    kind: 'refund_failed_late',
    subject: refundPaymentId(refundId),
    tenantId,
    entityType: 'refund',
    entityId: refundId,
    detail:
      `The gateway reported this refund of ${plainMoney(amount)} as successful and now reports that it has failed: ` +
      'the customer has not received the money, which is back on the account at the gateway. ' +
      'It can be refunded again',
  });
}
