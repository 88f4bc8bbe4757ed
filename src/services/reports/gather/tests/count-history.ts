import { newId } from '../../../../domain/ids';
import type { Database } from '../../../../models/database';
import type { OutboxRow } from '../../../../models/outbox-row';
import { newOutboxRow } from '../../../new-outbox-row';
import type { History } from './random-facts';

/** Writes the rows by which the consumer of a history's events counts them. */
export async function insertRows(database: Database, { entities }: History): Promise<OutboxRow[]> {
  const rows: OutboxRow[] = entities
    .flatMap(({ events }) => events)
    .map(({ _id: eventId, tenantId, entityId }) => ({
      ...newOutboxRow({
        tenantId,
        entityType: 'payment',
        entityId,
        correlationId: 'c',
        pending: ['analytics'],
        eventId,
      }),
      _id: newId('outboxRow'),
    }));
  await database.models.outbox.insertMany(rows);
  return rows;
}
