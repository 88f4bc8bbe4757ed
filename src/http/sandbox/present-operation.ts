import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Operation } from '../../models/sandbox/operation';
import type { components } from '../generated/openapi-types';
import type { Settling } from '../replies/settling';

/** Returns how operations are read, and when a caller who waits for one gets it. */
export const settlingOperation = ({ models: { operations } }: Pick<Database, 'models'>): Settling<Operation> => ({
  name: 'operation',
  model: operations,
  find: async ({ tenantId, id }) => (isId('operation', id) ? operations.findOne({ _id: id, tenantId }).lean() : null),
  hasSettled: ({ state }) => state !== 'running',
  present: presentOperation,
});

const waitsFor: Record<Operation['type'], string> = {
  advance_clock: 'every process to reach the target time',
  expire_listings: 'every listing that is due to be handled',
  backfill_reports: 'every missing report to be made',
};

/** Returns the API representation of an operation. */
export function presentOperation(operation: Operation): components['schemas']['Operation'] {
  const { state, type, hops, failure } = operation;
  return {
    id: operation._id,
    state,
    type,
    from: operation.from.toISOString(),
    target: operation.target.toISOString(),
    reached: operation.reached.toISOString(),
    progress: { done: doneOf(operation), total: hops.total },
    fired: operation.fired.map((each) => ({ type: each.type, count: each.count })),
    failure: failure && { code: failure.code, detail: failure.detail, workflowId: failure.workflowId },
    waitingFor: state === 'running' ? { what: waitsFor[type], until: null } : null,
    correlationId: operation.correlationId,
    createdAt: operation.createdAt.toISOString(),
    updatedAt: operation.updatedAt.toISOString(),
  };
}

/** A sweep counts each listing as it goes, and an advance the days that all processes have reached. */
function doneOf({ hops, sweep }: Operation): number {
  if (!sweep) return hops.done;
  const { expired, reminded, ended } = sweep.counts;
  return expired + reminded + ended;
}
