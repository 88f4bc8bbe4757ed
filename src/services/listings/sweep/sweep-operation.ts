import type { ClientSession } from 'mongoose';
import {
  LISTING_EXPIRATION,
  listingExpirationId,
  type FinishSweepInput,
  type SweepBegun,
  type SweepStep,
} from '../../../contracts/listings/expiration';
import { taskQueues } from '../../../contracts/task-queues';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { modes, tenantIdOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import type { OutboxRow } from '../../../models/outbox-row';
import type { Operation } from '../../../models/sandbox/operation';
import { claimEntity } from '../../claim-entity';
import { createClock } from '../../clock';
import { insertDocuments } from '../../insert-documents';
import { newOperationRow } from '../../new-outbox-row';
import { countDueListings } from './count-due';

export interface AcceptSweepInput {
  database: Database;
  session: ClientSession;
  /** The tenant of the operator who orders the sweep. */
  tenantId: string;
  /** The partner whose tenants are swept; null for everybody. */
  partnerId: string | null;
  dryRun: boolean;
  correlationId: string;
  by: Actor;
  /** Real time. */
  at: Date;
  startDelayMs?: number;
}

/**
 * Writes the operation of a sweep and the start of its workflow, within the caller's transaction. Send the row with
 * `WorkflowStarter.startSoon` after the commit.
 * @throws DomainError `NOT_FOUND` for a partner that nobody knows
 */
export async function acceptSweep(input: AcceptSweepInput): Promise<{ operation: Operation; row: OutboxRow }> {
  const { database, session, tenantId, partnerId, dryRun, correlationId, by, at, startDelayMs: delayMs } = input;
  const { models } = database;
  if (partnerId !== null && !(await models.partners.exists({ _id: partnerId }).session(session)))
    throw new DomainError('NOT_FOUND', `There is no partner ${partnerId}: send the id of one, or leave it out.`, {
      pointer: '/partnerId',
    });
  const operation: Operation = {
    _id: newId('operation'),
    tenantId,
    type: 'expire_listings',
    state: 'running',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    from: at,
    target: at,
    reached: at,
    offsets: { fromMs: 0, targetMs: 0, reachedMs: 0 },
    hops: { done: 0, total: 0 },
    fired: [],
    failure: null,
    sweep: { partnerId, dryRun, counts: { expired: 0, reminded: 0, ended: 0 } },
    by,
  };
  const workflowId = listingExpirationId(operation._id);
  const start = { workflowType: LISTING_EXPIRATION, workflowId, taskQueue: taskQueues.listings };
  const row = newOperationRow({ operation, start, delayMs });
  await insertDocuments({ model: models.operations, documents: [operation], session });
  await insertDocuments({ model: models.outbox, documents: [row], session });
  return { operation, row };
}

/** A run that was started by hand with the id of another operation claims nothing. */
const ofSweep = { type: 'expire_listings' } as const;

type StepInput<Step extends SweepStep> = Omit<Step, 'correlationId'> & { database: Database };

/**
 * Makes a workflow chain the owner of the operation, records how many listings are due, and returns the tenants to
 * sweep. A dry run has its result then.
 * @throws DomainError `NOT_FOUND` for an operation that nobody ordered, `ENTITY_NOT_OURS`
 */
export async function beginSweep(input: StepInput<SweepStep> & { at: Date }): Promise<SweepBegun> {
  const { database, tenantId, operationId: entityId, chain, at } = input;
  const operation = await claimEntity({ database, tenantId, entityType: 'operation', entityId, chain, where: ofSweep });
  if (!operation.sweep) throw new DomainError('NOT_FOUND', `The operation ${entityId} orders no sweep`);
  const { partnerId, dryRun } = operation.sweep;
  const tenantIds = partnerId === null ? [null] : modes.map((mode) => tenantIdOf({ partnerId, mode }));
  const clock = createClock({ database });
  const due = { expiry: 0, notices: 0 };
  for (const swept of tenantIds) {
    const aheadMs = swept === null ? 0 : await clock.offsetMs(swept);
    const counted = await countDueListings({ database, tenantId: swept, at: new Date(at.getTime() + aheadMs) });
    due.expiry += counted.expiry;
    due.notices += counted.notices;
  }
  await database.models.operations.updateOne(runningOf(input), {
    $set: {
      'hops.total': due.expiry + due.notices,
      ...(dryRun ? { fired: [{ type: 'listing.expired', count: due.expiry }] } : {}),
    },
  });
  return { tenantIds, dryRun };
}

/** The chain is null for a sweep that no run has claimed. */
type FinishSweep = Omit<StepInput<FinishSweepInput>, 'chain'> & { chain: string | null; at: Date };

/** Ends the operation as completed, or as failed with its failure. Does nothing when it has ended already. */
export async function finishSweep({ failure, at, ...step }: FinishSweep): Promise<void> {
  const { operations } = step.database.models;
  const operation = await operations.findOne(runningOf(step)).lean();
  if (!operation?.sweep) return;
  const { counts, dryRun } = operation.sweep;
  const done = counts.expired + counts.reminded + counts.ended;
  const fired = [
    { type: 'listing.expired', count: counts.expired },
    { type: 'listing.reminded', count: counts.reminded },
  ].filter(({ count }) => count > 0);
  await operations.updateOne(runningOf(step), {
    $set: {
      state: failure ? 'failed' : 'completed',
      failure,
      updatedAt: at,
      // What fell due meanwhile is done too.
      ...(dryRun ? {} : { fired, hops: { done, total: failure ? Math.max(done, operation.hops.total) : done } }),
    },
    $inc: { version: 1 },
  });
}

const runningOf = ({ tenantId, operationId, chain }: Pick<FinishSweep, 'tenantId' | 'operationId' | 'chain'>) =>
  ({ ...ofSweep, _id: operationId, tenantId, state: 'running', chain }) as const;
