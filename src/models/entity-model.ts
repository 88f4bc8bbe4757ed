import type { Model } from 'mongoose';
import type { Models } from './define-models';
import type { EntityType } from '../contracts/entity-types';
import { paymentsEntityModels } from './payments/models';
import { sandboxEntityModels } from './sandbox/models';
import type { Entity } from './schema-options';
import { subscriptionsEntityModels } from './subscriptions/models';
import { usersEntityModels } from './users/models';

/** The model's name by entity type, one line per domain. */
const modelNames = {
  ...usersEntityModels,
  ...paymentsEntityModels,
  ...subscriptionsEntityModels,
  ...sandboxEntityModels,
} satisfies Record<EntityType, keyof Models>;

/** The document by entity type. */
export type EntityByType = {
  [Type in EntityType]: Models[(typeof modelNames)[Type]] extends Model<infer Document> ? Document & Entity : never;
};

/** Returns the model of an entity type, typed by the fields that all entities share. */
export function entityModel(models: Models, entityType: EntityType): Model<Entity> {
  return models[modelNames[entityType]] as unknown as Model<Entity>;
}
