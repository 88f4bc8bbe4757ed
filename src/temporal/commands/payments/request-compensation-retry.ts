import type { Client } from '@temporalio/client';
import { gatewayReported, processPaymentId } from '../../../contracts/payments/payment';
import type { Compensation } from '../../../models/payments/compensation';

const CALL_TIMEOUT_MS = 2000;

/**
 * Signals the payment's workflow to retry its void or refund immediately instead of at its next attempt. Call after the
 * commit. Best effort: never throws.
 */
export async function requestCompensationRetry(
  client: Client,
  { entityId }: Pick<Compensation, 'entityId'>,
): Promise<void> {
  const handle = client.workflow.getHandle(processPaymentId(entityId));
  await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => handle.signal(gatewayReported)).catch(() => undefined);
}
