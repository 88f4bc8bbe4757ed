import type { EntityType } from '../contracts/entity-types';
import type { EntityFilter } from '../contracts/process';
import { DomainError } from '../domain/domain-error';
import type { Database } from '../models/database';
import { entityModel, type EntityByType } from '../models/entity-model';
import { findEntity, type EntityKey } from './find-entity';

export type ClaimEntityInput<Type extends EntityType> = EntityKey<Type> & {
  database: Database;
  /** First run id of the workflow chain that claims the entity. */
  chain: string;
  /** Selects the entities that the workflow may claim, such as those of its type. Defaults to all. */
  where?: EntityFilter;
};

/**
 * Makes a workflow chain the owner of an entity that has none, and returns the entity. A repeat finds its own claim.
 * @throws DomainError `NOT_FOUND`, `ENTITY_NOT_OURS`
 */
export async function claimEntity<Type extends EntityType>(input: ClaimEntityInput<Type>): Promise<EntityByType[Type]> {
  const { database, tenantId, entityType, entityId, chain, where = {} } = input;
  const claimed = await entityModel(database.models, entityType)
    .findOneAndUpdate(
      { ...where, _id: entityId, tenantId, $or: [{ chain: null }, { chain }] },
      { $set: { chain } },
      { returnDocument: 'after' },
    )
    .lean();
  if (claimed) return claimed as unknown as EntityByType[Type];
  const entity = await findEntity(input);
  requireOwned(input, entity.chain);
  return entity;
}

/** Throws `ENTITY_NOT_OURS` when another chain owns the entity, so the caller is a ghost. */
export function requireOwned(
  { entityType, entityId, chain }: Omit<EntityKey<EntityType>, 'tenantId'> & { chain: string },
  owner: string | null,
): void {
  if (owner !== chain)
    throw new DomainError('ENTITY_NOT_OURS', `${entityType} ${entityId} is owned by another run of its workflow`);
}
