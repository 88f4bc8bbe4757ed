import type { User } from '../../models/users/user';
import type { components } from '../generated/openapi-types';

/** Returns the API representation of a user; `status` repeats `state`. */
export const presentUser = (user: User): components['schemas']['User'] => ({
  id: user._id,
  state: user.state,
  status: user.state,
  email: user.email,
  name: user.name,
  locale: user.locale,
  timeZone: user.timeZone,
  profile: user.profile,
  metadata: user.metadata,
  onboardingId: user.onboardingId,
  waitingFor: user.state === 'pending' ? { what: 'its onboarding', until: null } : null,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
});
