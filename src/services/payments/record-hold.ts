import { gatewayKey } from '../../contracts/payments/payment';
import type { PaymentStepInput } from '../../contracts/payments/payment-activities';
import { byWorkflow } from '../../domain/actor';
import { postAuthorise } from '../../domain/payments/ledger';
import type { Database } from '../../models/database';
import { applyStep } from '../apply-step';
import { findEntity } from '../find-entity';
import { insertPostings } from './insert-postings';

/**
 * Posts an authorisation that was discovered only while the payment was being voided, so that it never moved through
 * `authorised`. The void that ends the payment is posted afterwards.
 */
export async function recordHold({
  database,
  tenantId,
  paymentId,
  chain,
  step,
  at,
}: PaymentStepInput & { database: Database }): Promise<void> {
  const { state, amount } = await findEntity({ database, tenantId, entityType: 'payment', entityId: paymentId });
  await applyStep(database, {
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    chain,
    step,
    at,
    by: byWorkflow,
    from: [state],
    set: { authorisedMinor: amount.amountMinor },
    event: { type: 'payment.hold_found', data: { amountMinor: amount.amountMinor, currency: amount.currency } },
    alongside: async (session, postedAt) => {
      const hold = postAuthorise({ paymentId, key: gatewayKey(paymentId, 'authorise'), amount });
      await insertPostings({ database, session, tenantId, postings: [hold], at: postedAt });
    },
  });
}
