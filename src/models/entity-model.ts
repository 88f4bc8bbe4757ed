import type { Model } from 'mongoose';
import type { EntityType } from '../contracts/entity-types';
import type { Models } from './database';
import type { Payment } from './payments/payment';
import type { Refund } from './payments/refund';
import type { Operation } from './sandbox/operation';
import type { Entity } from './schema-options';
import type { Subscription } from './subscriptions/subscription';
import type { Entitlement } from './users/entitlement';
import type { Onboarding } from './users/onboarding';
import type { User } from './users/user';

/** The document of each kind of entity. */
export interface EntityByType {
  operation: Operation;
  onboarding: Onboarding;
  user: User;
  entitlement: Entitlement;
  payment: Payment;
  refund: Refund;
  subscription: Subscription;
}

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
