import type { ClientSession } from 'mongoose';
import type { PaymentWarning } from '../../contracts/payments/gateway-notice';
import { byWorkflow as by } from '../../domain/actor';
import { plainMoney } from '../../domain/money-text';
import { moneyOf } from '../../domain/money';
import { accountOfDispute, disputeAfter, disputedFunds, type Dispute } from '../../domain/payments/dispute';
import { postDispute } from '../../domain/payments/ledger';
import { paymentStates } from '../../domain/payments/payment';
import { paymentStateOfFunds, refundable } from '../../domain/payments/refund';
import { gatewayOf, type GatewayName } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { Payment } from '../../models/payments/payment';
import { applyStep } from '../apply-step';
import { createClock } from '../clock';
import { findEntity } from '../find-entity';
import { insertDocuments } from '../insert-documents';
import { mendStuckItem, openStuckItem } from '../operator/stuck-items';
import { fundsOf } from './accept-refund';
import { insertPostings } from './insert-postings';

export interface KeepPaymentWarningInput {
  database: Database;
  gateway: GatewayName;
  warning: PaymentWarning;
}

/**
 * Records a dispute or a fraud warning on its payment, in the ledger, and on the operator's list, in one transaction.
 * An event that was stored before, or about an unknown payment, changes nothing.
 */
export async function keepPaymentWarning({ database, gateway, warning }: KeepPaymentWarningInput): Promise<void> {
  const { models } = database;
  const { eventId, type, authorisationId } = warning;
  const found = await models.payments.findOne({ authorisationId }, { tenantId: 1 }).lean();
  if (!found || gatewayOf(found.tenantId) !== gateway) return;
  const { _id: paymentId, tenantId } = found;
  const _id = `${gateway}:${eventId}`;
  if (await models.gatewayEvents.exists({ _id, tenantId })) return;
  const at = (await createClock({ database }).now(tenantId)).toISOString();
  try {
    await database.inTransaction(async (session) => {
      const event = { _id, tenantId, gateway, type, authorisationId, receivedAt: new Date() };
      await insertDocuments({
        model: models.gatewayEvents,
        documents: [{ ...event, idempotencyKey: null, outboxRowId: null }],
        session,
      });
      const payment = await findEntity({ database, session, tenantId, entityType: 'payment', entityId: paymentId });
      const input = { database, session, payment, at };
      await (warning.kind === 'dispute'
        ? recordDispute({ ...input, report: reportOf(warning) })
        : recordFraudWarning({ ...input, warning }));
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

const reportOf = ({ warningId, ...warning }: Extract<PaymentWarning, { kind: 'dispute' }>): Dispute => ({
  id: warningId,
  standing: warning.standing,
  reason: warning.reason,
  amountMinor: warning.amount.amountMinor,
  reportedAt: new Date(warning.reportedAt),
});

interface RecordInput {
  database: Database;
  session: ClientSession;
  payment: Payment;
  at: string;
}

async function recordDispute({ report, ...input }: RecordInput & { report: Dispute }): Promise<void> {
  const { database, session, payment, at } = input;
  const { _id: entityId, tenantId, disputes, amount } = payment;
  const { currency } = amount;
  const known = disputes.find(({ id }) => id === report.id) ?? null;
  const dispute = disputeAfter({ known, report, leftMinor: refundable(fundsOf(payment)).amountMinor });
  if (!dispute) return;
  const { id, standing, reason, amountMinor, reportedAt } = dispute;
  const isClosed = standing === 'won' || standing === 'lost';
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId,
      step: `dispute/${id}/${standing}/${reportedAt.getTime()}`,
      from: [payment.state],
      ...changesOf(payment, [...disputes.filter((other) => other !== known), dispute]),
      at,
      by,
      event: {
        type: isClosed ? 'payment.dispute_closed' : 'payment.disputed',
        data: { disputeId: id, standing, reason, amountMinor, currency },
      },
      alongside: async (_session, postedAt) => {
        const posting = postDispute({
          key: `${id}:${standing}:${reportedAt.getTime()}`,
          paymentId: entityId,
          from: accountOfDispute[known?.standing ?? 'inquiry'],
          to: accountOfDispute[standing],
          amount: moneyOf(amountMinor, currency),
        });
        if (posting.lines.length === 0) return;
        await insertPostings({ database, session, tenantId, postings: [posting], at: postedAt });
      },
    },
    session,
  );
  const about = { database, session, kind: 'payment_disputed', subject: id } as const;
  if (isClosed) return mendStuckItem(about);
  const taken = amountMinor > 0 ? `; the bank holds ${plainMoney(moneyOf(amountMinor, currency))}` : '';
  await openStuckItem({
    ...about,
    tenantId,
    entityType: 'payment',
    entityId,
    detail: `The customer disputes the payment (${reason})${taken}. Respond at the gateway before its deadline`,
  });
}

/** Returns the funds and the state of a payment with these disputes. The amount of a lost dispute is refunded. */
function changesOf(payment: Payment, disputes: Dispute[]): { to?: string; set: Partial<Payment> } {
  const { disputedMinor, lostMinor } = disputedFunds(disputes);
  const refundedMinor = payment.refundedMinor - disputedFunds(payment.disputes).lostMinor + lostMinor;
  const set = { disputes, disputedMinor, refundedMinor };
  if (refundedMinor === payment.refundedMinor) return { set };
  return { set, to: paymentStateOfFunds({ ...fundsOf(payment), refundedMinor }) };
}

async function recordFraudWarning({ warning, ...input }: RecordInput & { warning: PaymentWarning }): Promise<void> {
  const { database, session, payment, at } = input;
  const { _id: entityId, tenantId } = payment;
  const { warningId, reason } = warning;
  const { applied } = await applyStep(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId,
      step: `fraud-warning/${warningId}`,
      from: paymentStates,
      at,
      by,
      event: { type: 'payment.fraud_warning', data: { warningId, reason } },
    },
    session,
  );
  if (!applied) return;
  await openStuckItem({
    database,
    session,
    kind: 'fraud_warning',
    subject: warningId,
    tenantId,
    entityType: 'payment',
    entityId,
    detail: `The card's issuer warns of fraud (${reason}): a refund now may prevent a dispute`,
  });
}
