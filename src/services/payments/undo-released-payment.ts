import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import type { PaymentState } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';
import type { StepResult } from '../apply-step';
import { findEntity } from '../find-entity';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow } from '../new-outbox-row';
import { beginUndoing } from './begin-undoing';
import { paymentSignal, waitsForItsParent } from './payment-signal';

const WAITS_WITHOUT_PROCESS: readonly PaymentState[] = ['review', 'requires_action', 'authorised', 'unknown'];

/** True for a parent's payment between two runs: no process is there to accept a command. */
export const isReleased = (payment: Payment): boolean =>
  waitsForItsParent(payment) && WAITS_WITHOUT_PROCESS.includes(payment.state);

interface OfPayment {
  database: Database;
  payment: Payment;
}

/**
 * Returns the writes beside every step of a released payment: the signal to the parent, which then queries the payment
 * immediately. If the signal is lost, the parent queries the payment when its timer fires.
 * A step fails with `OUTCOME_PENDING` when a run has claimed the payment meanwhile.
 */
export const whileReleased =
  ({ database, payment: { _id: entityId, tenantId } }: OfPayment) =>
  async (session: ClientSession): Promise<void> => {
    const payment = await findEntity({ database, session, tenantId, entityType: 'payment', entityId });
    if (payment.chain !== null) throw alreadyClaimed();
    const row = newOutboxRow({
      tenantId,
      entityType: 'payment',
      entityId,
      correlationId: payment.correlationId,
      pending: ['temporal'],
      signal: paymentSignal(payment),
    });
    await insertDocuments({ model: database.models.outbox, documents: [row], session });
  };

const alreadyClaimed = (): DomainError =>
  new DomainError(
    'OUTCOME_PENDING',
    'The payment is being processed: repeat the request with the same Idempotency-Key',
    {
      retryAfterSeconds: 1,
    },
  );

export interface UndoReleasedPaymentInput extends OfPayment {
  /** The caller's transaction. Defaults to a transaction of its own. */
  session?: ClientSession;
  step: string;
  /** A code. */
  reason: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
}

/** Has the next run of a released payment undo it. */
export const undoReleasedPayment = ({ payment, reason, ...input }: UndoReleasedPaymentInput): Promise<StepResult> =>
  beginUndoing({
    ...input,
    tenantId: payment.tenantId,
    paymentId: payment._id,
    from: [payment.state],
    undoing: { towards: 'cancelled', reason },
    alongside: whileReleased({ database: input.database, payment }),
  });
