import type { WorkflowHandle } from '@temporalio/client';
import { processPaymentId, refundPaymentId } from '../../contracts/payments/payment';
import { subscriptionId } from '../../contracts/subscriptions/subscription';
import { openStuckItem } from '../../services/operator/stuck-items';
import { createRunningWorkflows } from '../../temporal/running-workflows';
import { createStuckOperations } from '../../services/operator/stuck-operations';
import type { PaymentWorld } from './payment-world';

const processOf = { payment: processPaymentId, refund: refundPaymentId, subscription: subscriptionId };

/**
 * Restarts a failed process as an operator does once the reconciler has listed it. Resolves when the start of the new
 * run has been sent.
 */
export async function restartByOperator(
  world: Pick<PaymentWorld, 'database' | 'client' | 'tenantId' | 'starter'>,
  { entityType, entityId }: { entityType: keyof typeof processOf; entityId: string },
): Promise<WorkflowHandle> {
  const { database, client, tenantId, starter } = world;
  const subject = processOf[entityType](entityId);
  const kind = 'workflow_missing';
  await openStuckItem({ database, tenantId, kind, entityType, entityId, subject, detail: 'its process has failed' });
  const item = await database.models.stuckItems.findOne({ subject, kind, open: true }).lean().orFail();
  const operations = createStuckOperations({ database, workflows: createRunningWorkflows(client) });
  await database.inTransaction((session) => operations.restart({ item, by: { kind: 'operator', id: null }, session }));
  for (const row of await database.models.outbox.find({ entityId, open: true, pending: 'temporal' }).lean())
    await starter.start(row);
  return client.workflow.getHandle(subject);
}
