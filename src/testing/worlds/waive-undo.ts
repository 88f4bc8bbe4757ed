import { waiveCompensation } from '../../services/payments/resolve-compensation';
import { requestCompensationRetry } from '../../temporal/commands/payments/request-compensation-retry';
import { tester } from './base-world';
import type { PaymentWorld } from './payment-world';

/** Has an operator take over a payment's failing undo, as the api does. */
export async function waiveUndo(
  { database, client }: PaymentWorld,
  { paymentId, compensationId }: { paymentId: string; compensationId: string },
): Promise<void> {
  const [at, reason] = [new Date().toISOString(), 'Settled by phone'];
  await database.inTransaction((session) =>
    waiveCompensation({ database, compensationId, by: tester, at, reason, session }),
  );
  await requestCompensationRetry(client, { entityId: paymentId });
}
