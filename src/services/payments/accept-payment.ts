import type { ClientSession } from 'mongoose';
import { paymentProcess } from '../../contracts/payments/process';
import type { Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { newId } from '../../domain/ids';
import { requireAmount, type Money } from '../../domain/money';
import type { CaptureMode } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import { acceptChildEntity, acceptEntity } from '../accept-entity';
import type { OutboxRow } from '../../models/outbox-row';
import type { Payment } from '../../models/payments/payment';

export interface AcceptPaymentInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** Defaults to a new id. A subscription names the id, so that its repeated activity accepts one payment. */
  paymentId?: string;
  amount: Money;
  paymentMethod: string;
  capture?: CaptureMode;
  purpose?: Payment['purpose'];
  /**
   * The workflow that starts the payment's process, repeatedly if needed. Defaults to none: the outbox starts the
   * process, once.
   */
  parent?: Payment['parent'];
  customerId?: string | null;
  orderRef?: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  correlationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  /** Milliseconds for which the relay leaves the start to the caller. */
  startDelayMs?: number;
}

/**
 * Writes an accepted payment, its first event and (unless a parent starts it) the start of its process, inside the
 * caller's transaction. Returns the start's row, to be sent once the transaction has committed; null where a parent
 * starts the process.
 * @throws DomainError as `requireAmount` does.
 */
export async function acceptPayment(input: AcceptPaymentInput): Promise<{ payment: Payment; row: OutboxRow | null }> {
  const { database, session, tenantId, correlationId, by, purpose = 'initial', parent = null } = input;
  const at = new Date(input.at);
  const paymentId = input.paymentId ?? newId('payment');
  // A parent has computed its amount in these steps; if it has not, the gateway refuses the charge.
  const stepMinor = parent ? 1 : amountStepOf({ tenantId, currency: input.amount.currency });
  const payment: Payment = {
    _id: paymentId,
    tenantId,
    state: 'accepted',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    unknownCall: null,
    since: at,
    until: null,
    amount: requireAmount({ amount: input.amount, stepMinor }),
    paymentMethod: input.paymentMethod,
    customerId: input.customerId ?? null,
    orderRef: input.orderRef ?? null,
    description: input.description ?? null,
    metadata: input.metadata ?? {},
    capture: input.capture ?? 'automatic',
    purpose,
    parent,
    captureMinor: null,
    authorisedMinor: 0,
    capturedMinor: 0,
    refundedMinor: 0,
    pendingRefundMinor: 0,
    disputedMinor: 0,
    disputes: [],
    authorisationId: null,
    gatewayCustomerId: null,
    methodSaved: false,
    actionUrl: null,
    fraud: null,
    card: null,
    review: null,
    reason: null,
    undoing: null,
    withdrawReason: null,
    runs: 0,
    lastRunId: null,
  };
  const accepted = {
    database,
    session,
    process: paymentProcess,
    entity: payment,
    event: { type: 'payment.accepted', data: { ...payment.amount } },
    by,
  } as const;
  if (parent) {
    await acceptChildEntity(accepted);
    return { payment, row: null };
  }
  const { row } = await acceptEntity({ ...accepted, startDelayMs: input.startDelayMs });
  return { payment, row };
}
