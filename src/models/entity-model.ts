import type { Model } from 'mongoose';
import type { Models } from './database';
import type { EntityType } from '../contracts/entity-types';
import type { Entity } from './schema-options';

/** The model of a kind of entity, seen as what all of them have in common. */
export function entityModel(models: Models, entityType: EntityType): Model<Entity> {
  const byType = {
    operation: models.operations,
    onboarding: models.onboardings,
    user: models.users,
    entitlement: models.entitlements,
    payment: models.payments,
    refund: models.refunds,
    subscription: models.subscriptions,
  };
  return byType[entityType] as unknown as Model<Entity>;
}
