import type { ClientSession } from 'mongoose';
import { processOf } from '../../contracts/processes';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import type { BooksDifference } from '../../domain/operator/books-difference';
import { entityModel } from '../../models/entity-model';
import type { StuckItem } from '../../models/operator/stuck-item';
import { createClock } from '../clock';
import { findLastEvent } from '../find-last-event';
import { insertDocuments } from '../insert-documents';
import { closeMail, restartMail, type MailRemedyInput } from '../mail-remedies';
import { newOutboxRow } from '../new-outbox-row';
import { retryRowNow } from '../outbox';
import { createRemedies } from '../remedies';
import { detailOf, listDifferences } from './list-differences';
import type { ProcessSignal, RemedyDependencies, StuckRemedy } from './stuck-remedy';

export interface ResolveStuckInput {
  item: StuckItem;
  by: Actor;
  session: ClientSession;
}

interface CloseStuckInput extends ResolveStuckInput {
  reason: string | null;
}

/**
 * Creates an operator's actions on a stuck item. Both run inside the request's transaction and may run more than once.
 */
export function createStuckOperations({ database, workflows }: RemedyDependencies) {
  const { models } = database;
  const clock = createClock({ database });
  const remedies = createRemedies({ database, workflows });

  const resolve = async (
    { item, session }: ResolveStuckInput,
    state: 'restarted' | 'closed',
    set: Partial<Pick<StuckItem, 'differences'>> = {},
  ): Promise<StuckItem> => {
    const resolved = await models.stuckItems
      .findOneAndUpdate(
        { _id: item._id, open: true },
        { $set: { state, ...set, updatedAt: new Date() }, $unset: { open: 1 } },
        { session, returnDocument: 'after' },
      )
      .lean();
    if (!resolved)
      throw new DomainError('ILLEGAL_STATE', 'The item is no longer open. GET /operations/stuck lists the open items.');
    return resolved;
  };

  const remedyOf = ({ entityType }: StuckItem): StuckRemedy => {
    const remedy = remedies[entityType];
    if (!remedy)
      throw new DomainError(
        'ILLEGAL_STATE',
        `The process of this ${entityType} can be neither restarted nor closed here`,
      );
    return remedy;
  };
  /**
   * Reverts a manual change in the database that ended an entity whose process runs: the entity returns to the state
   * after its last event, which is an open one. Returns false where the entity has ended by its own events, or no
   * longer exists.
   */
  const revertManualEnding = async ({ item, session }: ResolveStuckInput): Promise<boolean> => {
    const { tenantId, entityType, entityId } = item;
    const last = await findLastEvent({ database, session, tenantId, entityId });
    if (!last || !processOf(entityType)?.openStates.includes(last.state)) return false;
    const { matchedCount } = await entityModel(models, entityType).updateOne(
      { _id: entityId, tenantId },
      { $set: { state: last.state } },
      { session },
    );
    return matchedCount === 1;
  };
  const businessTime = async ({ item }: ResolveStuckInput): Promise<string> =>
    (await clock.now(item.tenantId)).toISOString();

  const mailOf = async (input: ResolveStuckInput): Promise<MailRemedyInput> => {
    const { item, by, session } = input;
    return { database, session, rowId: item.subject, by, at: await businessTime(input) };
  };

  /** Signals the process that waits, once the transaction is committed. */
  const signalProcess = async ({ item, session }: ResolveStuckInput, signal: ProcessSignal): Promise<void> => {
    const { tenantId, entityType, entityId, subject } = item;
    const entity = await entityModel(models, entityType)
      .findOne({ _id: entityId, tenantId }, { correlationId: 1 })
      .session(session)
      .lean();
    const row = newOutboxRow({
      tenantId,
      entityType,
      entityId,
      correlationId: entity?.correlationId ?? item._id,
      pending: ['temporal'],
      signal: { ...signal, workflowId: subject },
    });
    await insertDocuments({ model: models.outbox, documents: [row], session });
  };

  const restartProcess = async (input: ResolveStuckInput): Promise<StuckItem> => {
    await remedyOf(input.item).restart({ ...input, at: await businessTime(input) });
    return resolve(input, 'restarted');
  };
  const compare = async ({ item, session }: ResolveStuckInput): Promise<BooksDifference[]> =>
    (await remedies[item.entityType]?.compareWithBooks?.({ item, session })) ?? [];

  /** Lists the amounts that differ from the ledger, then closes the item: a close changes no amount by itself. */
  const closeCompared = async (input: CloseStuckInput, close: () => Promise<void>): Promise<StuckItem> => {
    const differences = await compare(input);
    if (differences.length > 0)
      await listDifferences({ ...input, database, at: await businessTime(input), differences });
    await close();
    return resolve(input, 'closed', { differences });
  };
  const closeEntity = (input: CloseStuckInput): Promise<StuckItem> =>
    closeCompared(input, async () => remedyOf(input.item).close({ ...input, at: await businessTime(input) }));

  /** Compares again: the item is resolved once the amounts agree, and otherwise lists the present differences. */
  const compareAgain = async (input: ResolveStuckInput): Promise<StuckItem> => {
    const { item, session } = input;
    const differences = await compare(input);
    if (differences.length === 0) return resolve(input, 'restarted', { differences });
    return models.stuckItems
      .findOneAndUpdate(
        { _id: item._id, open: true },
        { $set: { differences, detail: detailOf(differences), updatedAt: new Date() } },
        { session, returnDocument: 'after' },
      )
      .lean()
      .orFail();
  };

  return {
    /**
     * Restarts the item. An outbox row is due immediately; an outcome is looked up immediately, and stays listed until
     * it is known; buckets are counted again; a process gets a new run unless its entity has ended by its own events.
     */
    async restart(input: ResolveStuckInput): Promise<StuckItem> {
      const { item, session } = input;
      switch (item.kind) {
        case 'workflow_orphaned':
          if (!(await revertManualEnding(input)))
            throw new DomainError(
              'ILLEGAL_STATE',
              'The entity of this process has ended or no longer exists, so nothing can be restarted; ' +
                'close the item to end the process',
            );
          return restartProcess(input);
        case 'refund_failed_late':
          throw new DomainError(
            'ILLEGAL_STATE',
            'A refund that has failed cannot be repeated under its key; ' +
              'refund the payment again or return the money by other means, and close the item',
          );
        case 'address_blocked':
          throw new DomainError(
            'ILLEGAL_STATE',
            'There is nothing to restart: free the address as the remedy of the item says, and close the item',
          );
        case 'listing_sweep':
        case 'mrr_differs':
        case 'file_damaged':
          throw new DomainError(
            'ILLEGAL_STATE',
            'There is nothing to restart: remove the cause as the remedy says, and the item leaves the list',
          );
        case 'refund_owed': {
          const rest = await remedyOf(item).refundOwed?.({ ...input, at: await businessTime(input) });
          return rest?.amountMinor ? item : resolve(input, 'restarted');
        }
        case 'payment_disputed':
        case 'fraud_warning':
          throw new DomainError(
            'ILLEGAL_STATE',
            'There is nothing to restart: respond at the gateway, or refund the payment, and close the item',
          );
        case 'books_differ':
          return compareAgain(input);
        case 'outbox_failing':
          await retryRowNow({ database, rowId: item.subject, session });
          return resolve(input, 'restarted');
        case 'mail_undeliverable':
          await restartMail(await mailOf(input));
          return resolve(input, 'restarted');
        case 'outcome_unknown':
        case 'amount_differs': {
          const signal = await remedyOf(item).lookUp?.({ ...input, at: await businessTime(input) });
          if (signal) await signalProcess(input, signal);
          return item;
        }
        default:
          return restartProcess(input);
      }
    },

    /**
     * Closes the item. An outbox row is given up; a process whose entity has ended by its own events is terminated; any
     * other entity is ended, and its earlier steps are undone. Amounts of the entity that differ from the ledger are
     * returned with the item, recorded on the timeline and put on the list as an item of their own.
     */
    async close(input: CloseStuckInput): Promise<StuckItem> {
      const { item, session } = input;
      switch (item.kind) {
        case 'workflow_orphaned':
          if (await revertManualEnding(input)) return closeEntity(input);
          return closeCompared(input, () =>
            workflows.terminate({ workflowId: item.subject, reason: 'Closed by an operator' }),
          );
        case 'outbox_failing':
          await closeMail(await mailOf(input));
          await models.outbox.updateOne(
            { _id: item.subject, open: true },
            { $set: { doneAt: new Date(), pending: [], lease: null }, $unset: { open: 1 } },
            { session },
          );
          return resolve(input, 'closed');
        case 'mail_undeliverable':
          await closeMail(await mailOf(input));
          return resolve(input, 'closed');
        case 'refund_owed':
          await remedyOf(item).settleOwed?.({ ...input, at: await businessTime(input) });
          return resolve(input, 'closed');
        case 'refund_failed_late':
        case 'payment_disputed':
        case 'fraud_warning':
        case 'address_blocked':
        case 'books_differ':
        case 'listing_sweep':
        case 'mrr_differs':
        case 'buckets_differ':
        case 'file_damaged':
          return resolve(input, 'closed');
        case 'outcome_unknown':
        case 'amount_differs':
          return closeCompared(input, async () => {
            const signal = await remedyOf(item).giveUp?.({ ...input, at: await businessTime(input) });
            if (signal) await signalProcess(input, signal);
          });
        default:
          return closeEntity(input);
      }
    },
  };
}
