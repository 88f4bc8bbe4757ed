import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Process } from '../../contracts/process';
import { processes as descriptors } from '../../contracts/processes';
import type { Database } from '../../models/database';
import { insertDocuments } from '../../services/insert-documents';
import { newStartRow } from '../../services/new-outbox-row';
import { mendStuckItem, openStuckItem } from '../../services/operator/stuck-items';
import type { Entity } from '../../models/schema-options';
import type { StuckItem } from '../../models/operator/stuck-item';
import { examineEntity } from './examine-entity';
import { findSuspects, isSuspectKind, type Processes, type Suspect } from './find-suspects';

export interface CreateReconcilerInput {
  database: Database;
  processes: Processes;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Milliseconds between the first check and the second. Defaults to 10 s. */
  recheckAfterMs?: number;
  batch?: number;
  /** Maximum number of suspects per entity type that one run checks twice. Defaults to 1000. */
  maxSuspects?: number;
}

export interface ReconcileResult {
  /** Number of items that are new on the operator's list. */
  listed: number;
  /** Number of missing starts that were written again, and of items whose cause was gone. */
  mended: number;
}

export const RECONCILE_EVERY_MS = 30_000;

/** The owner of an item whose entity, and with it the tenant, does not exist. */
const UNKNOWN_TENANT = 'unknown';
const MAX_PARALLEL = 10;
const reconciledProcesses = descriptors.filter(({ isReconciled }) => isReconciled);

/**
 * Compares open entities with running workflows, both ways, and entities with their events. A fault seen by both checks
 * is mended where that is safe (a missing start) and put on the operator's list where it is not; items whose cause is
 * gone leave the list. Harmless when two runs overlap. Rejects, without listing anything, when Temporal or MongoDB does
 * not respond.
 */
export function createReconciler(input: CreateReconcilerInput): (signal?: AbortSignal) => Promise<ReconcileResult> {
  const { database, processes, logger, recheckAfterMs = 10_000, batch = 100, maxSuspects = 1000 } = input;

  async function settleSuspect(reconciled: Process, suspect: Suspect): Promise<ReconcileResult> {
    const { entityId, workflowId: subject } = suspect;
    const finding = await examineEntity({ database, processes, reconciled, ...suspect });
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

  async function persists({ kind, entityType, entityId, subject }: StuckItem): Promise<boolean> {
    if (kind === 'outbox_failing') return (await database.models.outbox.exists({ _id: subject, open: true })) !== null;
    const reconciled = reconciledProcesses.find((known) => known.entityType === entityType);
    if (!reconciled || !isSuspectKind(kind)) return true;
    return (await examineEntity({ database, processes, reconciled, kind, entityId, workflowId: subject })) !== null;
  }

  return async (signal) => {
    const total: ReconcileResult = { listed: 0, mended: await mendItems() };
    const found: { reconciled: Process; suspect: Suspect }[] = [];
    for (const reconciled of reconciledProcesses) {
      const suspects = await findSuspects({ database, processes, reconciled, batch, atMost: maxSuspects });
      found.push(...suspects.map((suspect) => ({ reconciled, suspect })));
    }
    if (found.length === 0) return total;
    await setTimeout(recheckAfterMs, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) return total;
    for (let next = 0; next < found.length; next += MAX_PARALLEL) {
      const results = await Promise.all(
        found.slice(next, next + MAX_PARALLEL).map(({ reconciled, suspect }) => settleSuspect(reconciled, suspect)),
      );
      for (const { listed, mended } of results) {
        total.listed += listed;
        total.mended += mended;
      }
    }
    return total;
  };
}
