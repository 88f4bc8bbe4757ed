import { processOf } from '../../contracts/processes';
import type { EventType } from '../../contracts/events';
import { describeDifferences, type BooksDifference } from '../../domain/operator/books-difference';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import { applyStep } from '../apply-step';
import { findLastEvent } from '../find-last-event';
import { openStuckItem } from './stuck-items';
import { aboutItem, type RemedyInput } from './stuck-remedy';

/** Returns the text of the item. */
export const detailOf = (differences: readonly BooksDifference[]): string =>
  `The amounts differ: ${describeDifferences(differences)}`;

export interface ListDifferencesInput extends RemedyInput {
  database: Database;
  differences: BooksDifference[];
}

/**
 * Puts the differences on the operator's list as an item of their own, and on the timeline of the entity. No amount is
 * changed. An event would confirm a state that was set by hand, so the timeline of such an entity is left alone.
 */
export async function listDifferences(input: ListDifferencesInput): Promise<void> {
  const { database, session, item, differences } = input;
  const { tenantId, entityType, entityId } = item;
  await openStuckItem({
    database,
    session,
    kind: 'books_differ',
    tenantId,
    entityType,
    entityId,
    subject: entityId,
    detail: detailOf(differences),
    differences,
  });
  if (!(await isAsLastRecorded(input))) return;
  await applyStep(
    database,
    {
      ...aboutItem(input),
      step: `books/${item._id}`,
      from: processOf(entityType)?.states ?? [],
      event: { type: `${entityType}.books_differ` as EventType, data: { differences } },
    },
    session,
  );
}

/** True for an entity in the state of its last event. */
async function isAsLastRecorded({ database, session, item }: ListDifferencesInput): Promise<boolean> {
  const { tenantId, entityType, entityId } = item;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId }, { state: 1 })
    .session(session)
    .lean();
  if (!entity) return false;
  const last = await findLastEvent({ database, session, tenantId, entityId });
  return last?.state === entity.state;
}
