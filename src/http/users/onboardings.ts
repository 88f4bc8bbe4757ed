import { DomainError } from '../../domain/domain-error';
import { normaliseEmail } from '../../domain/values/email';
import { isId } from '../../domain/ids';
import { hasSettled } from '../../domain/users/onboarding';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { OutboxRow } from '../../models/outbox-row';
import { isTakenAddress } from '../../services/users/held-address';
import { acceptOnboarding } from '../../services/users/accept-onboarding';
import { actorOf } from '../actor-of';
import { etagOf } from '../replies/etag';
import type { CallOf, Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { createdWithin, type ListPage, newestFirst } from '../replies/list';
import { presentOnboarding } from './present-onboarding';
import { withCurrentUsers } from './current-users';
import { explainTakenAddress } from './taken-address';
import type { Reply } from '../pipeline/request-context';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';

export interface OnboardingHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/** Accepts onboardings, and reads them with their steps. */
export function onboardingHandlers(
  input: OnboardingHandlersInput,
): Handlers<'createOnboarding' | 'listOnboardings' | 'getOnboarding'> {
  const { database, idempotency, listPage, basePath, startSoon } = input;
  const { models } = database;

  const findAsShown = async (tenantId: string, onboardingId: string): Promise<Onboarding | null> => {
    const onboarding = await models.onboardings.findOne({ _id: onboardingId, tenantId }).lean();
    const [shown = null] = onboarding ? await withCurrentUsers({ models, tenantId, onboardings: [onboarding] }) : [];
    return shown;
  };

  const settling: Settling<Onboarding> = {
    name: 'onboarding',
    model: models.onboardings,
    find: async ({ tenantId, id }) => (isId('onboarding', id) ? findAsShown(tenantId, id) : null),
    hasSettled: ({ state }) => hasSettled(state),
    present: presentOnboarding,
  };

  const accept = async (call: CallOf<'createOnboarding'>): Promise<Reply> => {
    const { tenantId, caller, correlationId, body } = call;
    const localisation = await localisationOf({ database, partnerId: caller.partnerId, body });
    return idempotency.acceptOnce({
      call,
      async write(session, _commandId, at) {
        const { onboarding, row } = await acceptOnboarding({
          database,
          session,
          tenantId,
          correlationId,
          at,
          by: actorOf(caller),
          email: body.email,
          name: body.name,
          ...localisation,
          requiresApproval: body.requiresApproval ?? false,
          metadata: body.metadata ?? {},
          startDelayMs: OWN_SEND_MS,
        });
        return {
          status: 202,
          headers: { Location: `${basePath}/onboardings/${onboarding._id}`, ETag: etagOf(onboarding.version) },
          body: presentOnboarding(onboarding),
          afterCommit: () => startSoon(row),
        };
      },
      explain: async (error) => {
        if (!isTakenAddress(error)) return error;
        return (await explainTakenAddress({ database, tenantId, email: body.email })) ?? releasedJustNow();
      },
    });
  };

  return {
    createOnboarding: async (call) => replyAccepted({ call, reply: await accept(call), settling }),

    listOnboardings(call) {
      const { tenantId } = call;
      const { state, userId, email } = call.query;
      const filter = {
        tenantId,
        ...(state === undefined ? {} : { state }),
        ...(userId === undefined ? {} : { userId }),
        ...(email === undefined ? {} : { emailKey: normaliseEmail(email) }),
        ...createdWithin(call.query),
      };
      return listPage({
        call,
        model: models.onboardings,
        filter,
        by: newestFirst,
        present: (items) => items.map(presentOnboarding),
      });
    },

    getOnboarding: (call) => replyCurrent({ call, id: call.params.onboardingId, settling }),
  };
}

interface Localisation {
  locale: string;
  timeZone: string;
}

/** Returns the given locale and time zone; the partner's, which costs a look-up, for one that is missing. */
async function localisationOf({
  database: { models },
  partnerId,
  body: { locale, timeZone },
}: {
  database: Database;
  partnerId: string | null;
  body: Partial<Localisation>;
}): Promise<Localisation> {
  if (locale !== undefined && timeZone !== undefined) return { locale, timeZone };
  const partner = await models.partners.findOne({ _id: partnerId ?? '' }, { locale: 1, timeZone: 1 }).lean();
  return { locale: locale ?? partner?.locale ?? 'en', timeZone: timeZone ?? partner?.timeZone ?? 'UTC' };
}

const releasedJustNow = (): DomainError =>
  new DomainError('DATABASE_UNAVAILABLE', 'The address was released just now. Try again.', { retryAfterSeconds: 1 });
