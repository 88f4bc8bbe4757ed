/**
 * A partner's decision about suspended users. `bill`: their subscriptions are renewed as before. `pause`: a
 * subscription is paused where its next period would be billed.
 */
export const suspendedUsersSettings = ['bill', 'pause'] as const;
export type SuspendedUsersSetting = (typeof suspendedUsersSettings)[number];

export const defaultSuspendedUsers: SuspendedUsersSetting = 'pause';
