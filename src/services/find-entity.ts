import type { ClientSession } from 'mongoose';
import type { EntityType } from '../contracts/entity-types';
import { DomainError } from '../domain/domain-error';
import type { Database } from '../models/database';
import { entityModel, type EntityByType } from '../models/entity-model';

export interface EntityKey<Type extends EntityType> {
  tenantId: string;
  entityType: Type;
  entityId: string;
}

export type FindEntityInput<Type extends EntityType> = EntityKey<Type> & {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
};

/**
 * Returns a tenant's entity. The id of another tenant's entity is refused like an unknown id.
 * @throws DomainError `NOT_FOUND`
 */
export async function findEntity<Type extends EntityType>({
  database,
  session,
  tenantId,
  entityType,
  entityId,
}: FindEntityInput<Type>): Promise<EntityByType[Type]> {
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId })
    .session(session ?? null)
    .lean();
  if (!entity) throw new DomainError('NOT_FOUND', `There is no ${entityType} ${entityId}`);
  return entity as unknown as EntityByType[Type];
}
