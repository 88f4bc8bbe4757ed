import type { Model } from 'mongoose';
import type { Models } from './define-models';
import type { EntityType } from '../contracts/entity-types';
import type { EventType } from '../contracts/events';
import { listingsEntityModels } from './listings/models';
import { paymentsEntityModels } from './payments/models';
import { reportsEntityModels } from './reports/models';
import { sandboxEntityModels } from './sandbox/models';
import type { Entity } from './schema-options';
import { subscriptionsEntityModels } from './subscriptions/models';
import { usersEntityModels, usersStepEvents } from './users/models';

/** The model's name by entity type, one line per domain. */
const modelNames = {
  ...usersEntityModels,
  ...paymentsEntityModels,
  ...subscriptionsEntityModels,
  ...listingsEntityModels,
  ...reportsEntityModels,
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

/** The events whose first times an entity keeps in `stepTimes`, by entity type; the other types keep none. */
const stepEvents: Partial<Record<EntityType, readonly EventType[]>> = { ...usersStepEvents };

/** Returns the paths of `stepTimes` that events of an entity belong to: `stepTimes.verified`. */
export function stepTimePaths(entityType: EntityType, types: readonly EventType[]): string[] {
  const kept = types.filter((type) => stepEvents[entityType]?.includes(type));
  return kept.map((type) => `stepTimes.${type.slice(entityType.length + 1)}`);
}
