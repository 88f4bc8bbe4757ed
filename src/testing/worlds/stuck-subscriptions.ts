import { subscriptionId as workflowIdOf } from '../../contracts/subscriptions/subscription';
import type { StuckItem, StuckKind } from '../../models/operator/stuck-item';
import { openStuckItem } from '../../services/operator/stuck-items';
import { createStuckOperations } from '../../services/operator/stuck-operations';
import { createRunningWorkflows } from '../../temporal/running-workflows';
import { waitFor } from '../wait-for';
import { openSubscriptionWorld } from './subscription-world';

const by = { kind: 'operator', id: null } as const;

/** Opens subscriptions whose processes are gone, and an operator who restarts or closes them. */
export async function openStuckSubscriptions() {
  const world = await openSubscriptionWorld();
  const workflows = createRunningWorkflows(world.client);
  const operations = createStuckOperations({ database: world.database, workflows });
  return {
    world,
    workflows,
    restart: (item: StuckItem) => world.database.inTransaction((session) => operations.restart({ item, by, session })),
    close: (item: StuckItem) =>
      world.database.inTransaction((session) => operations.close({ item, by, reason: 'Agreed by telephone', session })),

    /** Puts the subscription on the operator's list, as the reconciler does. */
    async list(id: string, kind: StuckKind = 'workflow_missing'): Promise<StuckItem> {
      const subject = workflowIdOf(id);
      await openStuckItem({
        database: world.database,
        tenantId: world.tenantId,
        kind,
        entityType: 'subscription',
        entityId: id,
        subject,
        detail: 'found by a test',
      });
      return world.database.models.stuckItems.findOne({ subject, open: true }).lean().orFail();
    },

    /** Returns a subscription paid for its first month, whose process is gone. */
    async orphaned(): Promise<string> {
      const id = await world.subscribe({ planId: await world.plan(), userId: await world.user() });
      await world.untilSettled(id);
      await world.handle(id).terminate('from outside');
      return id;
    },

    /**
     * Returns a subscription whose first charge was made and got no response, while the gateway is unavailable: the
     * outcome is unknown. Its process is gone too.
     */
    async orphanedWhilePaying({ cancelled = false } = {}): Promise<string> {
      const id = await world.subscribe({ planId: await world.plan(), paymentMethod: 'pm_timeout_after_charge' });
      await waitFor(async () => (await world.bankBalance(id)).authorisations === 1, { what: 'the charge' });
      await world.chaos({ down: true });
      await waitFor(async () => (await world.payments(id))[0]?.state === 'unknown', { what: 'the silence' });
      if (cancelled) await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
      await world.handle(id).terminate('from outside');
      const { charge } = await world.read(id);
      if (charge?.status !== 'pending') throw new Error(`The charge of ${id} is ${charge?.status}`);
      return id;
    },

    hasProcess: async (id: string) => (await world.handle(id).describe()).status.name === 'RUNNING',
  };
}

export type StuckSubscriptions = Awaited<ReturnType<typeof openStuckSubscriptions>>;
