import { availableParallelism } from 'node:os';
import type { Process } from '../../contracts/process';
import { processes } from '../../contracts/processes';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import type { WorkflowStarter } from '../workflow-starter';

/** The processes whose clocks move with their tenant's clock; children that act and end are not among them. */
const skipped = processes.filter(({ clock }) => clock === 'tenant');

/**
 * Returns the workflow ids of a tenant's open entities, read from MongoDB, which unlike Temporal's visibility does not
 * lag. Some workflows may not have started yet or may have ended.
 */
export async function openWorkflowIds({
  database,
  tenantId,
  createdAfter,
}: {
  database: Database;
  tenantId: string;
  createdAfter?: Date;
}): Promise<string[]> {
  const idsOf = async (process: Process): Promise<string[]> => {
    const open = { tenantId, ...process.openFilter, ...(createdAfter ? { createdAt: { $gt: createdAfter } } : {}) };
    const entities = await entityModel(database.models, process.entityType).find(open, { _id: 1 }).lean();
    return entities.map(({ _id }) => process.workflowId({ _id, tenantId }));
  };
  return (await Promise.all(skipped.map(idsOf))).flat();
}

/**
 * Sends every start of the tenant that is still in the outbox. A start that fails stays there; its workflow begins at
 * the clock's time when it is sent.
 */
export async function sendPendingStarts({
  database,
  starter,
  tenantId,
}: {
  database: Database;
  starter: Pick<WorkflowStarter, 'start'>;
  tenantId: string;
}): Promise<void> {
  const rows = await database.models.outbox
    .find({
      tenantId,
      open: true,
      pending: 'temporal',
      entityType: { $in: skipped.map(({ entityType }) => entityType) },
    })
    .lean();
  await inParallel(rows, (row) => starter.start(row).catch(() => undefined));
}

/**
 * The number of items of one tenant that are processed at the same time. The processors limit an advance, and an item
 * for each keeps them busy; more would make the steps of other tenants wait (docs/decisions/0018).
 */
const MAX_PARALLEL = Math.min(availableParallelism(), 4);

/** Runs `work` for every item, `MAX_PARALLEL` at a time; rejects with the first error once none is running any more. */
export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const runOneByOne = async () => {
    for (const item of waiting) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(MAX_PARALLEL, items.length) }, runOneByOne));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
