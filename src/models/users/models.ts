import type { Connection } from 'mongoose';
import { entitlementSchema, type Entitlement } from './entitlement';
import { notificationSchema, type Notification } from './notification';
import { onboardingSchema, type Onboarding } from './onboarding';
import { userSchema, type User } from './user';

/** Defines the models of users and what their onboarding gives them. */
export const usersModels = (connection: Connection) => ({
  users: connection.model<User>('User', userSchema),
  onboardings: connection.model<Onboarding>('Onboarding', onboardingSchema),
  entitlements: connection.model<Entitlement>('Entitlement', entitlementSchema),
  notifications: connection.model<Notification>('Notification', notificationSchema),
});

/** The model of each type of entity. */
export const usersEntityModels = {
  onboarding: 'onboardings',
  user: 'users',
  entitlement: 'entitlements',
} as const;
