import type { ClientSession } from 'mongoose';
import type { PaymentUndoing } from '../../contracts/payments/payment';
import type { Actor } from '../../domain/actor';
import { paymentStates, type PaymentState } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import { applyStep, type StepResult } from '../apply-step';

export interface BeginUndoingInput {
  database: Database;
  /** The caller's transaction. Defaults to a transaction of its own. */
  session?: ClientSession;
  tenantId: string;
  paymentId: string;
  /**
   * First run id of the chain that must own the payment; left out by a caller that acts on a payment without an owner.
   */
  chain?: string;
  step: string;
  at: string;
  by: Actor;
  /** Defaults to any state. */
  from?: readonly PaymentState[];
  undoing: PaymentUndoing;
  /** Writes of the same transaction. */
  alongside?: (session: ClientSession) => Promise<void>;
}

/** Records that a payment is being undone, and towards which state, before anything is undone. */
export function beginUndoing({
  database,
  session,
  tenantId,
  paymentId,
  chain,
  step,
  at,
  by,
  from = paymentStates,
  undoing: { towards, reason },
  alongside,
}: BeginUndoingInput): Promise<StepResult> {
  const input = {
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    chain,
    step,
    at,
    by,
    from,
    set: { undoing: { towards, reason } },
    event: { type: 'payment.undoing', data: { towards, reason } },
    alongside,
  } as const;
  return applyStep(database, input, session);
}
