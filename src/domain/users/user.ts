export const userStatuses = ['pending', 'active', 'suspended', 'cancelled'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** The statuses from which a user may come to each status. */
export const userTransitions: Record<UserStatus, readonly UserStatus[]> = {
  pending: [],
  active: ['pending', 'suspended'],
  suspended: ['active'],
  cancelled: ['pending', 'active', 'suspended'],
};

export interface AddressIsVerifiedInput {
  state: UserStatus;
  /** The instant at which the user followed the link in the verification mail; null before. */
  verifiedAt: Date | null;
}

/** Returns true when the user has shown that the address is theirs. Nobody becomes active without that. */
export const addressIsVerified = ({ state, verifiedAt }: AddressIsVerifiedInput): boolean =>
  verifiedAt !== null || state === 'active' || state === 'suspended';

/** The statuses in which a user can subscribe. */
export const subscribingStatuses: readonly UserStatus[] = ['pending', 'active'];
