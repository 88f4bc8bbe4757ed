import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import type { Event } from '../../../models/event';
import type { Onboarding } from '../../../models/users/onboarding';
import { people } from '../../../testing/queue-test-bed';

/** Returns the event that records the state of an onboarding. */
export const eventOf = ({
  _id: entityId,
  tenantId,
  version,
  state,
  correlationId,
  createdAt: at,
}: Onboarding): Event => ({
  _id: newId('event'),
  tenantId,
  entityType: 'onboarding',
  entityId,
  step: 'first',
  type: 'onboarding.accepted',
  state,
  version,
  at,
  by: { kind: 'workflow', id: null },
  data: {},
  correlationId,
});

export interface InsertOnboardingsInput {
  database: Database;
  count: number;
  changes?: Partial<Onboarding>;
}

/**
 * Inserts onboardings, by default open and written an hour ago, with the events that record their states. Returns their
 * ids, in order.
 */
export async function insertOnboardings({ database, count, changes }: InsertOnboardingsInput): Promise<string[]> {
  const onboardings = Array.from({ length: count }, () => people({ onboarding: changes }).onboarding);
  await database.models.onboardings.insertMany(onboardings);
  await database.models.events.insertMany(onboardings.map(eventOf));
  return onboardings.map(({ _id }) => _id).sort();
}
