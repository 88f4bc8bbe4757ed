import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import { notFound, type Handlers } from '../handler';
import type { ListPage } from '../replies/list';
import { listEvents } from '../replies/list-events';

/** Lists the timeline of an onboarding. */
export function onboardingEventHandlers({
  database,
  listPage,
}: {
  database: Database;
  listPage: ListPage;
}): Handlers<'listOnboardingEvents'> {
  return {
    async listOnboardingEvents(call) {
      const { tenantId } = call;
      const { onboardingId } = call.params;
      const known =
        isId('onboarding', onboardingId) && (await database.models.onboardings.exists({ _id: onboardingId, tenantId }));
      if (!known) throw notFound('onboarding');
      return listEvents({ call, database, listPage, entityId: onboardingId, currency: null });
    },
  };
}
