import type { ClientSession } from 'mongoose';
import { consumersOf } from '../../contracts/events';
import { PROCESS_PAYMENT, processPaymentId } from '../../contracts/payments/payment';
import { taskQueues } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { newId } from '../../domain/ids';
import { requireAmount, type Money } from '../../domain/money';
import type { CaptureMode } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { Event } from '../../models/event';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow } from '../new-outbox-row';
import type { OutboxRow } from '../../models/outbox-row';
import type { Payment } from '../../models/payments/payment';

export interface AcceptPaymentInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** Default: a new id. A subscription names it, so that its repeated activity accepts one payment. */
  paymentId?: string;
  amount: Money;
  paymentMethod: string;
  capture?: CaptureMode;
  purpose?: Payment['purpose'];
  startedBy?: Payment['startedBy'];
  customerId?: string | null;
  orderRef?: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  correlationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  /** Of the start in the outbox. */
  startDelayMs?: number;
}

/**
 * Writes an accepted payment, its first event and (unless a parent starts it) the start of its process, inside the
 * caller's transaction. Answers the start's row, to be sent once the transaction has committed; null where a parent
 * starts it.
 * @throws DomainError what `requireAmount` throws.
 */
export async function acceptPayment(input: AcceptPaymentInput): Promise<{ payment: Payment; row: OutboxRow | null }> {
  const { database, session, tenantId, correlationId, by, purpose = 'initial', startedBy = 'outbox' } = input;
  const at = new Date(input.at);
  const paymentId = input.paymentId ?? newId('payment');
  // What a subscription charges was computed in these steps; should it not have been, the gateway says so and dunning
  // follows.
  const stepMinor = startedBy === 'parent' ? 1 : amountStepOf({ tenantId, currency: input.amount.currency });
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
    startedBy,
    captureMinor: null,
    authorisedMinor: 0,
    capturedMinor: 0,
    refundedMinor: 0,
    pendingRefundMinor: 0,
    authorisationId: null,
    actionUrl: null,
    fraud: null,
    card: null,
    review: null,
    reason: null,
    undoing: null,
    runs: 0,
    lastRunId: null,
  };
  const event: Event = {
    _id: newId('event'),
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    step: 'accepted',
    type: 'payment.accepted',
    state: 'accepted',
    version: 1,
    at,
    by,
    data: { amountMinor: payment.amount.amountMinor, currency: payment.amount.currency },
    correlationId,
  };
  const about = { tenantId, entityType: 'payment', entityId: paymentId, correlationId } as const;
  const row =
    startedBy === 'parent'
      ? null
      : newOutboxRow({
          ...about,
          pending: ['temporal'],
          delayMs: input.startDelayMs,
          start: {
            workflowType: PROCESS_PAYMENT,
            workflowId: processPaymentId(paymentId),
            taskQueue: taskQueues.payments,
            input: { tenantId, paymentId, correlationId },
          },
        });
  await insertDocuments({ model: database.models.payments, documents: [payment], session });
  await insertDocuments({ model: database.models.events, documents: [event], session });
  await insertDocuments({
    model: database.models.outbox,
    documents: [
      newOutboxRow({ ...about, eventId: event._id, pending: consumersOf(event.type) }),
      ...(row ? [row] : []),
    ],
    session,
  });
  return { payment, row };
}
