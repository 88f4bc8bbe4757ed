import type { ClientSession } from 'mongoose';
import { consumersOf } from '../../../contracts/events';
import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { Event } from '../../../models/event';
import type { Listing } from '../../../models/listings/listing';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow } from '../../new-outbox-row';

/** The records of one listing's change. */
export interface ListingChange {
  /** The listing as it was before. */
  listing: Pick<Listing, '_id' | 'tenantId' | 'correlationId' | 'version'>;
  /** Null where the change is none that people read. */
  event: Pick<Event, 'step' | 'type' | 'state' | 'at' | 'by' | 'data'> | null;
}

export interface WriteTogetherInput {
  database: Pick<Database, 'models'>;
  session: ClientSession;
  changes: readonly ListingChange[];
}

/**
 * Writes the events and the outbox rows of changes of many listings, as `applyStep` does for one, in two commands and
 * within the caller's transaction. The caller has changed the listings, and increased the version of each that has an
 * event.
 */
export async function writeTogether({ database: { models }, session, changes }: WriteTogetherInput): Promise<void> {
  const events: Event[] = [];
  const rows = changes.flatMap(({ listing, event }) => {
    if (!event) return [];
    const { _id: entityId, tenantId, correlationId, version } = listing;
    const about = { tenantId, entityType: 'listing', entityId, correlationId } as const;
    const eventId = newId('event');
    events.push({ _id: eventId, ...about, version: version + 1, ...event });
    return [newOutboxRow({ ...about, eventId, pending: consumersOf(event.type) })];
  });
  await insertDocuments({ model: models.events, documents: events, session });
  await insertDocuments({ model: models.outbox, documents: rows, session });
}
