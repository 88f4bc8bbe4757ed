import type { Plan } from '../../models/subscriptions/plan';
import type { components } from '../generated/openapi-types';

/** Returns the API representation of a plan. */
export const presentPlan = ({
  _id,
  name,
  amount,
  interval,
  intervalCount,
  trialDays,
  createdAt,
  updatedAt,
}: Plan): components['schemas']['Plan'] => ({
  id: _id,
  state: 'active',
  name,
  amount: { amountMinor: amount.amountMinor, currency: amount.currency },
  interval,
  intervalCount,
  trialDays,
  waitingFor: null,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
