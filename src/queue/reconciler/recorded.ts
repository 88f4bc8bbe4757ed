import type { Database } from '../../models/database';
import type { Entity } from '../../models/schema-options';

/** Returns the ids of the entities whose start the relay still has to send. */
export async function withOpenStart(
  database: Database,
  entities: readonly Pick<Entity, '_id' | 'tenantId'>[],
): Promise<Set<string>> {
  if (entities.length === 0) return new Set();
  const rows = await database.models.outbox
    .find(
      {
        tenantId: { $in: [...new Set(entities.map(({ tenantId }) => tenantId))] },
        entityId: { $in: entities.map(({ _id }) => _id) },
        open: true,
        pending: 'temporal',
      },
      { entityId: 1 },
    )
    .lean();
  return new Set(rows.map(({ entityId }) => entityId));
}

/** Returns the entities whose present version has no event, or an event with another state. */
export async function withoutItsEvent<Seen extends Pick<Entity, '_id' | 'tenantId' | 'state' | 'version'>>(
  database: Database,
  entities: readonly Seen[],
): Promise<Seen[]> {
  if (entities.length === 0) return [];
  const events = await database.models.events
    .find(
      { $or: entities.map(({ tenantId, _id, version }) => ({ tenantId, entityId: _id, version })) },
      { entityId: 1, state: 1 },
    )
    .lean();
  const recorded = new Set(events.map(({ entityId, state }) => `${entityId} ${state}`));
  return entities.filter(({ _id, state }) => !recorded.has(`${_id} ${state}`));
}
