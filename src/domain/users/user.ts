export const userStatuses = ['pending', 'active', 'suspended', 'cancelled'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** The statuses from which a user may come to each status. */
export const userTransitions: Record<UserStatus, readonly UserStatus[]> = {
  pending: [],
  active: ['pending', 'suspended'],
  suspended: ['active'],
  cancelled: ['pending', 'active', 'suspended'],
};
