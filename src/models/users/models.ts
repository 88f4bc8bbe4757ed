import type { Connection } from 'mongoose';
import { onboardingStepEvents } from '../../contracts/users/onboarding-step-events';
import { entitlementSchema, type Entitlement } from './entitlement';
import { heldAddressSchema, type HeldAddress } from './held-address';
import { notificationSchema, type Notification } from './notification';
import { onboardingSchema, type Onboarding } from './onboarding';
import { userSchema, type User } from './user';

/** Defines the models of users and their onboarding. */
export const usersModels = (connection: Connection) => ({
  heldAddresses: connection.model<HeldAddress>('HeldAddress', heldAddressSchema),
  users: connection.model<User>('User', userSchema),
  onboardings: connection.model<Onboarding>('Onboarding', onboardingSchema),
  entitlements: connection.model<Entitlement>('Entitlement', entitlementSchema),
  notifications: connection.model<Notification>('Notification', notificationSchema),
});

/** The model by entity type. */
export const usersEntityModels = {
  onboarding: 'onboardings',
  user: 'users',
  entitlement: 'entitlements',
} as const;

/** The events whose first times an entity keeps in `stepTimes`. */
export const usersStepEvents = { onboarding: onboardingStepEvents } as const;
