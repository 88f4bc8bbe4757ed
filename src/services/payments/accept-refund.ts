import type { ClientSession } from 'mongoose';
import { refundProcess } from '../../contracts/payments/process';
import type { Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { newId } from '../../domain/ids';
import type { Money } from '../../domain/money';
import { refusePaymentCommand } from '../../domain/payments/payment-commands';
import { reserveRefund, type CapturedFunds } from '../../domain/payments/refund';
import { requireAccepted } from '../../domain/refusal';
import { applyStep } from '../apply-step';
import type { Database } from '../../models/database';
import { acceptEntity } from '../accept-entity';
import { findEntity } from '../find-entity';
import type { OutboxRow } from '../../models/outbox-row';
import type { Payment } from '../../models/payments/payment';
import type { Refund } from '../../models/payments/refund';

export interface AcceptRefundInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  paymentId: string;
  /** The entity that orders the refund, such as a subscription. Defaults to none: the partner orders it. */
  parentId?: string | null;
  /** Defaults to everything that can still be refunded. */
  amount?: Money;
  /** In the partner's words. */
  reason?: string | null;
  /** Defaults to a new id. A caller that may repeat itself names the id. */
  refundId?: string;
  correlationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601; the refund is never dated before the payment's last event. */
  at: string;
  startDelayMs?: number;
}

/** Returns the captured money of a payment, its refunds and its disputed amount. */
export const fundsOf = ({
  amount,
  capturedMinor,
  refundedMinor,
  pendingRefundMinor,
  disputedMinor,
}: Payment): CapturedFunds => ({
  currency: amount.currency,
  capturedMinor,
  refundedMinor,
  pendingRefundMinor,
  disputedMinor,
});

/**
 * Accepts a refund inside the caller's transaction: reserves its amount on the payment, writes the refund, its event
 * and the start of its process, whose row is to be sent after the commit. Concurrent refunds never reserve more than
 * was captured: the reservation is guarded by the funds it was computed from, and one of two that write the same
 * payment runs again.
 * @throws DomainError `NOT_FOUND`, `PAYMENT_NOT_REFUNDABLE`, and the errors of `reserveRefund`.
 */
export async function acceptRefund(input: AcceptRefundInput): Promise<{ refund: Refund; row: OutboxRow }> {
  const { database, session, tenantId, paymentId, parentId = null, correlationId, by, reason = null } = input;
  const { models } = database;
  const payment = await findEntity({ database, session, tenantId, entityType: 'payment', entityId: paymentId });
  requireAccepted(refusePaymentCommand({ command: 'refundPayment', state: payment.state, capture: payment.capture }));
  const { amount, funds } = reserveRefund({
    funds: fundsOf(payment),
    requested: input.amount,
    stepMinor: amountStepOf({ tenantId, currency: payment.amount.currency }),
  });

  const { capturedMinor, refundedMinor, pendingRefundMinor } = payment;
  const { matchedCount } = await models.payments.updateOne(
    { _id: paymentId, tenantId, state: payment.state, capturedMinor, refundedMinor, pendingRefundMinor },
    { $set: { pendingRefundMinor: funds.pendingRefundMinor } },
    { session },
  );
  if (matchedCount !== 1) throw new Error(`The funds of ${paymentId} changed while a refund was being accepted`);

  const refundId = input.refundId ?? newId('refund');
  const requested = await applyStep(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      step: `refund/${refundId}`,
      from: [payment.state],
      at: input.at,
      by,
      event: { type: 'payment.refund_requested', data: { refundId, amountMinor: amount.amountMinor } },
    },
    session,
  );
  const at = new Date(requested.at);
  const refund: Refund = {
    _id: refundId,
    tenantId,
    state: 'pending',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    paymentId,
    amount,
    parentId,
    reason,
    failure: null,
    failureReported: false,
  };
  const { row } = await acceptEntity({
    database,
    session,
    process: refundProcess,
    entity: refund,
    event: { type: 'refund.accepted', data: { paymentId, amountMinor: amount.amountMinor } },
    by,
    startDelayMs: input.startDelayMs,
  });
  return { refund, row };
}
