import type { ValidatePaymentInput } from '../../contracts/payments/payment-activities';
import { settledPaymentStates } from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';
import { requireOwned } from '../claim-entity';
import { findEntity } from '../find-entity';

export type ClaimPaymentInput = Pick<ValidatePaymentInput, 'tenantId' | 'paymentId' | 'chain' | 'runId'> & {
  database: Database;
};

/**
 * Makes a chain the owner of the payment, counts the run once, and returns the payment. A payment that has ended needs
 * no owner: a run of another chain reads its ending.
 * @throws DomainError `NOT_FOUND`, `ENTITY_NOT_OURS`
 */
export async function claimPayment(input: ClaimPaymentInput): Promise<Payment> {
  const { database, tenantId, paymentId: entityId, chain, runId } = input;
  const claimed = await database.models.payments
    .findOneAndUpdate(
      { _id: entityId, tenantId, $or: [{ chain: null }, { chain }], lastRunId: { $ne: runId } },
      { $set: { chain, lastRunId: runId }, $inc: { runs: 1 } },
      { returnDocument: 'after' },
    )
    .lean();
  if (claimed) return claimed;
  const payment = await findEntity({ database, tenantId, entityType: 'payment', entityId });
  if (!settledPaymentStates.includes(payment.state))
    requireOwned({ entityType: 'payment', entityId, chain }, payment.chain);
  return payment;
}
