import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';
import { insertDocuments } from '../../services/insert-documents';
import { newStartRow } from '../../services/new-outbox-row';
import { isLeftBySweep } from '../../services/listings/sweep/sweep-batches';
import { mendStuckItem, openStuckItem } from '../../services/operator/stuck-items';
import { dayDifference } from '../../services/reports/buckets/day-difference';
import { isOffered } from '../../services/reports/damaged-files';
import { compareCustomer } from '../../services/subscriptions/mrr/compare-customers';
import type { Entity } from '../../models/schema-options';
import type { ReconcilerProgress } from '../../models/reconciler-state';
import type { StuckItem } from '../../models/operator/stuck-item';
import { examineEntity } from './examine-entity';
import { findSuspects } from './find-suspects';
import { lookAtBuckets } from './look-at-buckets';
import { listMrrDifferences } from './mrr-differences';
import { DEFAULT_SLICE } from './round';
import { chunksOf, isSuspectKind, reconciledProcesses, type Suspect } from './suspects';
import { inTurn, type Looked } from './turn';

export interface CreateReconcilerInput {
  database: Database;
  processes: VisibleWorkflows;
  /** Makes and sets right the schedules; returns the ids of those that needed it. Defaults to none. */
  ensureSchedules?: () => Promise<string[]>;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds between the first check and the second. Defaults to 10 s. */
  recheckAfterMs?: number;
  /** Entities or workflows compared with one query. Defaults to 100. */
  batch?: number;
  /** Entities, and workflows, of a round over everything that each look compares. Defaults to 1,100. */
  slice?: number;
}

export interface ReconcileResult {
  /** Number of items that are new on the operator's list. */
  listed: number;
  /** Number of missing starts that were written again, of schedules set right, and of items whose cause was gone. */
  mended: number;
}

export const RECONCILE_EVERY_MS = 30_000;

/** The owner of an item whose entity, and with it the tenant, does not exist. */
const UNKNOWN_TENANT = 'unknown';
const MAX_PARALLEL = 10;

/**
 * Compares open entities with running workflows, both ways, and entities with their events: in each look what changed
 * since the last one, and a slice of everything, so that all of it is seen within 10 minutes (docs/decisions/0021). A
 * fault seen by both checks is mended where that is safe (a missing start) and put on the operator's list where it is
 * not; items whose cause is gone leave the list, and so for the MRR of customers and the buckets of reports. A schedule
 * that is missing or altered is made again. Every look examines every suspect, unless `signal` ends it early; the next
 * look then repeats it. One look at a time over all workers: a second one does nothing. Rejects, without listing
 * anything, when Temporal or MongoDB does not respond.
 */
export function createReconciler(input: CreateReconcilerInput): (signal?: AbortSignal) => Promise<ReconcileResult> {
  const { database, processes, logger, recheckAfterMs = 10_000, batch = 100, slice = DEFAULT_SLICE } = input;
  const { ensureSchedules = async () => [] } = input;

  async function settleSuspect(suspect: Suspect): Promise<ReconcileResult> {
    const { reconciled, entityId, workflowId: subject } = suspect;
    const finding = await examineEntity({ database, processes, ...suspect });
    if (!finding) return { listed: 0, mended: 0 };
    const { entityType } = reconciled;
    if (finding.kind === 'unstarted') {
      await writeStart(reconciled, finding.entity as Entity);
      return { listed: 0, mended: 1 };
    }
    const tenantId = finding.entity?.tenantId ?? UNKNOWN_TENANT;
    const isNew = await openStuckItem({
      database,
      tenantId,
      kind: finding.kind,
      entityType,
      entityId,
      subject,
      detail: finding.detail,
    });
    if (isNew)
      logger.warn(
        { tenantId, workflowId: subject, kind: finding.kind },
        `Put on the operator's list: ${finding.detail}`,
      );
    return { listed: isNew ? 1 : 0, mended: 0 };
  }

  async function writeStart(reconciled: Process, entity: Entity): Promise<void> {
    const { tenantId, correlationId } = entity;
    const row = newStartRow({ process: reconciled, entity });
    await insertDocuments({ model: database.models.outbox, documents: [row] });
    logger.warn(
      { tenantId, workflowId: row.start?.workflowId, correlationId },
      'A missing start was written to the outbox again',
    );
  }

  async function mendItems(): Promise<number> {
    let mended = 0;
    const mendIfResolved = async (item: StuckItem): Promise<void> => {
      if (await persists(item)) return;
      await mendStuckItem({ database, kind: item.kind, subject: item.subject });
      logger.info(
        { tenantId: item.tenantId, stuckId: item._id, kind: item.kind },
        "Taken off the operator's list: its cause is gone",
      );
      mended += 1;
    };
    let items: StuckItem[] = [];
    for await (const item of database.models.stuckItems.find({ open: true }).lean().cursor({ batchSize: 100 })) {
      items.push(item);
      if (items.length < MAX_PARALLEL) continue;
      await Promise.all(items.map(mendIfResolved));
      items = [];
    }
    await Promise.all(items.map(mendIfResolved));
    return mended;
  }

  async function mendSchedules(): Promise<number> {
    const ids = await ensureSchedules();
    for (const id of ids) logger.warn({ scheduleId: id }, 'A schedule that was missing or altered was set right');
    return ids.length;
  }

  async function persists({ kind, tenantId, entityType, entityId, subject }: StuckItem): Promise<boolean> {
    if (kind === 'outbox_failing') return (await database.models.outbox.exists({ _id: subject, open: true })) !== null;
    if (kind === 'mrr_differs') return (await compareCustomer({ database, balanceId: subject })) !== null;
    if (kind === 'buckets_differ') return (await dayDifference({ database, tenantId, recordedDay: entityId })) !== null;
    if (kind === 'file_damaged') return isOffered({ database, tenantId, fileId: subject });
    if (kind === 'listing_sweep') return isLeftBySweep({ database, tenantId, listingId: entityId });
    const reconciled = reconciledProcesses.find((known) => known.entityType === entityType);
    if (!reconciled || !isSuspectKind(kind)) return true;
    return (await examineEntity({ database, processes, reconciled, kind, entityId, workflowId: subject })) !== null;
  }

  /** Examines the suspects again, after a pause; resolves to false when the signal ended that early. */
  async function settleAll(
    suspects: readonly Suspect[],
    total: ReconcileResult,
    signal?: AbortSignal,
  ): Promise<boolean> {
    if (suspects.length === 0) return true;
    await setTimeout(recheckAfterMs, undefined, { signal }).catch(() => undefined);
    for (const some of chunksOf(suspects, MAX_PARALLEL)) {
      if (signal?.aborted) return false;
      for (const { listed, mended } of await Promise.all(some.map(settleSuspect))) {
        total.listed += listed;
        total.mended += mended;
      }
    }
    return true;
  }

  return async (signal) => {
    const look = async (from: ReconcilerProgress): Promise<Looked<ReconcileResult>> => {
      const result: ReconcileResult = { listed: 0, mended: (await mendItems()) + (await mendSchedules()) };
      const { suspects, to } = await findSuspects({ database, processes, from, slice, batch });
      const isDone = await settleAll(suspects, result, signal);
      const customers = await listMrrDifferences({ database, logger, from: from.customers ?? null });
      const buckets = await lookAtBuckets({ database, logger, from: from.buckets, signal });
      result.listed += customers.listed + buckets.listed;
      return { result, to: isDone ? { ...to, customers: customers.next, buckets: buckets.to } : null };
    };
    return (await inTurn(database, look)) ?? { listed: 0, mended: 0 };
  };
}
