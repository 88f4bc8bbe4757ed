import { processPaymentId, refundPaymentId } from '../contracts/payment';
import { openStuckItem } from '../models/outbox';
import { createRunningWorkflows } from '../temporal/running-workflows';
import { createStuckOperations } from '../temporal/stuck-operations';
import type { PaymentWorld } from './payment-world';

/** What becomes of a process that failed, once the reconciler has listed it: an operator restarts it. Resolves when the new run has ended. */
export async function restartByOperator(world: PaymentWorld, { entityType, entityId }: { entityType: 'payment' | 'refund'; entityId: string }): Promise<void> {
  const { database, client, tenantId, starter } = world;
  const subject = entityType === 'payment' ? processPaymentId(entityId) : refundPaymentId(entityId);
  const kind = 'workflow_missing';
  await openStuckItem({ database, tenantId, kind, entityType, entityId, subject, detail: 'its process has failed' });
  const item = await database.models.stuckItems.findOne({ subject, kind, open: true }).lean().orFail();
  const operations = createStuckOperations({ database, workflows: createRunningWorkflows(client) });
  await database.inTransaction((session) => operations.restart({ item, by: { kind: 'operator', id: null }, session }));
  for (const row of await database.models.outbox.find({ entityId, open: true, pending: 'temporal' }).lean()) await starter.start(row);
  await client.workflow.getHandle(subject).result();
}
