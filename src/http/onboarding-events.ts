import { isId } from '../domain/ids';
import type { Database } from '../models/database';
import { notFound, type Handlers } from './handler';
import type { ListPage } from './list';
import { presentEvent } from './present-onboarding';

/** The timeline of an onboarding: what happened, when, and by whom. */
export function onboardingEventHandlers({ database, listPage }: { database: Database; listPage: ListPage }): Handlers<'listOnboardingEvents'> {
  const { events, onboardings } = database.models;
  return {
    async listOnboardingEvents(call) {
      const { tenantId } = call;
      const { onboardingId } = call.params;
      const known = isId('onboarding', onboardingId) && (await onboardings.exists({ _id: onboardingId, tenantId }));
      if (!known) throw notFound('onboarding');
      // Every event raised the version by one, so the version orders them and names each.
      const by = { field: 'version', order: 1, isNumber: true } as const;
      return listPage({ call, model: events, filter: { tenantId, entityId: onboardingId }, by, present: (items) => items.map(presentEvent) });
    },
  };
}
