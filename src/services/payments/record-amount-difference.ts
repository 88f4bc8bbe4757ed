import type { ClientSession } from 'mongoose';
import { processPaymentId, refundPaymentId } from '../../contracts/payments/payment';
import { byWorkflow } from '../../domain/actor';
import { isCurrency } from '../../domain/currencies';
import type { Money } from '../../domain/money';
import { plainMoney } from '../../domain/money-text';
import { paymentStates, type GatewayCall } from '../../domain/payments/payment';
import { refundStates } from '../../domain/payments/refund';
import type { Database } from '../../models/database';
import { applyStep } from '../apply-step';
import { openStuckItem } from '../operator/stuck-items';

/** A result of the gateway about another amount than was asked for. */
export interface AmountDifference {
  call: GatewayCall | 'refund';
  asked: Money;
  reported: Money;
}

export interface RecordAmountDifferenceInput {
  database: Database;
  tenantId: string;
  entityType: 'payment' | 'refund';
  entityId: string;
  /** First run id of the chain that owns the entity. */
  chain: string;
  /** Business time, ISO 8601. */
  at: string;
  difference: AmountDifference;
}

/**
 * Puts a payment or refund on the operator's list, and says so on its timeline, because the gateway reports another
 * amount than was asked for. Nothing else changes: the reported amount is not booked. The timeline says so once per
 * call; a difference that is reported again is on the list again.
 */
export async function recordAmountDifference(input: RecordAmountDifferenceInput): Promise<void> {
  const { database, tenantId, entityType, entityId, chain, at, difference } = input;
  const { call } = difference;
  const [asked, reported] = [textOf(difference.asked), textOf(difference.reported)];
  const list = (session?: ClientSession) =>
    openStuckItem({
      database,
      session,
      tenantId,
      kind: 'amount_differs',
      entityType,
      entityId,
      subject: entityType === 'payment' ? processPaymentId(entityId) : refundPaymentId(entityId),
      detail: `The gateway reports ${reported} for the ${call} of ${asked}; nothing is booked`,
    });
  const { applied } = await applyStep(database, {
    tenantId,
    entityType,
    entityId,
    chain,
    step: `differs/${call}`,
    at,
    by: byWorkflow,
    from: entityType === 'payment' ? paymentStates : refundStates,
    event: { type: `${entityType}.amount_differs`, data: { call, asked, reported } },
    alongside: async (session) => void (await list(session)),
  });
  if (!applied) await list();
}

const textOf = (money: Money): string =>
  isCurrency(money.currency) ? plainMoney(money) : `${money.amountMinor} minor units of ${money.currency}`;
