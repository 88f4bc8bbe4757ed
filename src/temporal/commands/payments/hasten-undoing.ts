import type { Client } from '@temporalio/client';
import { gatewayReported, processPaymentId } from '../../../contracts/payments/payment';
import type { Compensation } from '../../../models/payments/compensation';

const CALL_TIMEOUT_MS = 2000;

/**
 * Has the undoing of a payment tried immediately instead of at its next turn; send it after the commit. Best effort:
 * never throws.
 */
export async function hastenUndoing(client: Client, { entityId }: Pick<Compensation, 'entityId'>): Promise<void> {
  const handle = client.workflow.getHandle(processPaymentId(entityId));
  await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => handle.signal(gatewayReported)).catch(() => undefined);
}
