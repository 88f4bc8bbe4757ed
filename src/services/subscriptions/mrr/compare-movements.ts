import type { QueryFilter } from 'mongoose';
import { balanceDifferences, movementDifferences, rebuildChanges } from '../../../domain/subscriptions/mrr/rebuild';
import type { Database } from '../../../models/database';
import type { Event } from '../../../models/event';
import type { MrrMovement } from '../../../models/subscriptions/mrr-movement';

export interface CompareMovementsInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
}

export interface MovementsComparison {
  movements: number;
  /** A sentence each. */
  differences: string[];
}

/**
 * Rebuilds the MRR movements of a tenant from the events of its subscriptions, and the balances of its customers from
 * the movements, and compares both with what is recorded.
 */
export async function compareMovements(input: CompareMovementsInput): Promise<MovementsComparison> {
  const bySubscription = await compareSubscriptions(input);
  return { ...bySubscription, differences: [...bySubscription.differences, ...(await compareBalances(input))] };
}

async function compareSubscriptions({ database, tenantId }: CompareMovementsInput): Promise<MovementsComparison> {
  const { models } = database;
  const plans = new Map((await models.plans.find({ tenantId }).lean()).map((plan) => [plan._id, plan]));
  const differences: string[] = [];
  let movements = 0;
  for await (const { _id: subscriptionId } of models.subscriptions.find({ tenantId }, { _id: 1 }).lean().cursor()) {
    const recorded = await models.mrrMovements.find(movementsOf(tenantId, subscriptionId)).lean();
    const events: Event[] = await models.events
      .find({ tenantId, entityId: subscriptionId })
      .sort({ version: 1, _id: 1 })
      .lean();
    movements += recorded.length;
    const changes = rebuildChanges(events, plans);
    differences.push(...movementDifferences({ subscriptionId, changes, movements: recorded }));
  }
  return { movements, differences };
}

/** The ids of a subscription's movements begin with its own. */
const movementsOf = (tenantId: string, subscriptionId: string): QueryFilter<MrrMovement> => ({
  tenantId,
  _id: { $gt: `${subscriptionId}/`, $lt: `${subscriptionId}0` },
});

async function compareBalances({ database, tenantId }: CompareMovementsInput): Promise<string[]> {
  const { mrrMovements, customerMrr } = database.models;
  const differences: string[] = [];
  const compared = new Set<string>();
  let open: MrrMovement[] = [];
  const close = async () => {
    const [first] = open;
    if (!first) return;
    const _id = `${tenantId}/${first.currency}/${first.customer}`;
    compared.add(_id);
    differences.push(...balanceDifferences(_id, open, await customerMrr.findOne({ _id, tenantId }).lean()));
    open = [];
  };
  const movements = mrrMovements.find({ tenantId }).sort({ customer: 1, currency: 1, customerMovement: 1 }).lean();
  for await (const movement of movements.cursor()) {
    if (open[0]?.customer !== movement.customer || open[0].currency !== movement.currency) await close();
    open.push(movement);
  }
  await close();
  for (const balance of await customerMrr.find({ tenantId }).lean())
    if (!compared.has(balance._id)) differences.push(...balanceDifferences(balance._id, [], balance));
  return differences;
}
