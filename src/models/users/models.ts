import type { Connection } from 'mongoose';
import { entitlementSchema, type Entitlement } from './entitlement';
import { notificationSchema, type Notification } from './notification';
import { onboardingSchema, type Onboarding } from './onboarding';
import { userSchema, type User } from './user';

/** Defines the models of users and their onboarding. */
export const usersModels = (connection: Connection) => ({
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
