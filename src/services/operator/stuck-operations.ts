import type { ClientSession } from 'mongoose';
import { processOf } from '../../contracts/processes';
import type { Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import { entityModel } from '../../models/entity-model';
import type { StuckItem } from '../../models/operator/stuck-item';
import { createClock } from '../clock';
import { insertDocuments } from '../insert-documents';
import { closeMail, restartMail, type MailRemedyInput } from '../mail-remedies';
import { newOutboxRow } from '../new-outbox-row';
import { createRemedies } from '../remedies';
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

  const resolve = async ({ item, session }: ResolveStuckInput, state: 'restarted' | 'closed'): Promise<StuckItem> => {
    const resolved = await models.stuckItems
      .findOneAndUpdate(
        { _id: item._id, open: true },
        { $set: { state, updatedAt: new Date() }, $unset: { open: 1 } },
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
    const last = await models.events
      .findOne({ tenantId, entityId }, { state: 1 })
      .sort({ version: -1, _id: -1 })
      .session(session)
      .lean();
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
  const closeEntity = async (input: CloseStuckInput): Promise<StuckItem> => {
    await remedyOf(input.item).close({ ...input, at: await businessTime(input) });
    return resolve(input, 'closed');
  };

  return {
    /**
     * Restarts the item. An outbox row is due immediately; an outcome is looked up immediately, and stays listed until
     * it is known; a process gets a new run unless its entity has ended by its own events.
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
        case 'payment_disputed':
        case 'fraud_warning':
          throw new DomainError(
            'ILLEGAL_STATE',
            'There is nothing to restart: respond at the gateway, or refund the payment, and close the item',
          );
        case 'outbox_failing':
          await models.outbox.updateOne(
            { _id: item.subject, open: true },
            { $set: { dueAt: new Date(), failures: 0, lastError: null, lease: null } },
            { session },
          );
          return resolve(input, 'restarted');
        case 'mail_undeliverable':
          await restartMail(await mailOf(input));
          return resolve(input, 'restarted');
        case 'outcome_unknown': {
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
     * other entity is ended, and its earlier steps are undone.
     */
    async close(input: CloseStuckInput): Promise<StuckItem> {
      const { item, session } = input;
      switch (item.kind) {
        case 'workflow_orphaned':
          if (await revertManualEnding(input)) return closeEntity(input);
          await workflows.terminate({ workflowId: item.subject, reason: 'Closed by an operator' });
          return resolve(input, 'closed');
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
        case 'refund_failed_late':
        case 'payment_disputed':
        case 'fraud_warning':
          return resolve(input, 'closed');
        case 'outcome_unknown': {
          const signal = await remedyOf(item).giveUp?.({ ...input, at: await businessTime(input) });
          if (signal) await signalProcess(input, signal);
          return resolve(input, 'closed');
        }
        default:
          return closeEntity(input);
      }
    },
  };
}
