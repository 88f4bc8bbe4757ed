import { DomainError } from '../../domain/domain-error';
import { normaliseEmail } from '../../domain/values/email';
import { isId } from '../../domain/ids';
import { hasSettled } from '../../domain/users/onboarding';
import type { Clock } from '../../services/clock';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import type { OutboxRow } from '../../models/outbox-row';
import { acceptOnboarding } from '../../services/users/accept-onboarding';
import { actorOf } from '../actor-of';
import { isDuplicateKey } from '../../models/duplicate-key';
import { etagOf } from '../replies/etag';
import type { CallOf, Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { createdWithin, type ListPage } from '../replies/list';
import { stepEventTypes, type StepEvent } from './onboarding-steps';
import { presentOnboarding } from './present-onboarding';
import { withCurrentUsers } from './current-users';
import { explainTakenAddress } from './taken-address';
import type { components } from '../generated/openapi-types';
import type { Reply } from '../pipeline/request-context';
import { replyAccepted, replyCurrent, type Settling } from '../replies/settling';

export interface OnboardingHandlersInput {
  database: Database;
  idempotency: Idempotency;
  listPage: ListPage;
  basePath: string;
  clock: Clock;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/** Accepts onboardings, and reads them with their steps. */
export function onboardingHandlers(
  input: OnboardingHandlersInput,
): Handlers<'createOnboarding' | 'listOnboardings' | 'getOnboarding'> {
  const { database, idempotency, listPage, basePath, clock, startSoon } = input;
  const { models } = database;

  /** Returns the API representation of onboardings; their events are read in one query. */
  const presentAll = async (
    tenantId: string,
    onboardings: readonly Onboarding[],
  ): Promise<components['schemas']['Onboarding'][]> => {
    const found = await models.events
      .find(
        { tenantId, entityId: { $in: onboardings.map(({ _id }) => _id) }, type: { $in: stepEventTypes } },
        { entityId: 1, type: 1, at: 1 },
      )
      .sort({ version: 1 })
      .lean();
    const events = new Map<string, StepEvent[]>(onboardings.map(({ _id }) => [_id, []]));
    for (const event of found) events.get(event.entityId)?.push(event);
    return onboardings.map((onboarding) => presentOnboarding({ onboarding, events: events.get(onboarding._id) ?? [] }));
  };
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
    present: async (onboarding) => (await presentAll(onboarding.tenantId, [onboarding]))[0],
  };

  const accept = async (call: CallOf<'createOnboarding'>): Promise<Reply> => {
    const { tenantId, caller, correlationId, body } = call;
    const defaults = await partnerDefaults(database, caller.partnerId);
    const at = await clock.now(tenantId);
    return idempotency.acceptOnce({
      call,
      async write(session) {
        const { onboarding, event, row } = await acceptOnboarding({
          database,
          session,
          tenantId,
          correlationId,
          at,
          by: actorOf(caller),
          email: body.email,
          name: body.name,
          locale: body.locale ?? defaults.locale,
          timeZone: body.timeZone ?? defaults.timeZone,
          requiresApproval: body.requiresApproval ?? false,
          metadata: body.metadata ?? {},
          startDelayMs: OWN_SEND_MS,
        });
        return {
          status: 202,
          headers: { Location: `${basePath}/onboardings/${onboarding._id}`, ETag: etagOf(onboarding.version) },
          body: presentOnboarding({ onboarding, events: [event] }),
          afterCommit: () => startSoon(row),
        };
      },
      explain: async (error) => {
        if (!isDuplicateKey(error, 'one_user_per_address')) return error;
        return (await explainTakenAddress({ database, tenantId, email: body.email })) ?? releasedJustNow();
      },
    });
  };

  return {
    createOnboarding: async (call) => replyAccepted({ call, reply: await accept(call), settling }),

    listOnboardings(call) {
      const { state, userId, email } = call.query;
      const filter = {
        tenantId: call.tenantId,
        ...(state === undefined ? {} : { state }),
        ...(userId === undefined ? {} : { userId }),
        ...(email === undefined ? {} : { emailKey: normaliseEmail(email) }),
        ...createdWithin(call.query),
      };
      return listPage({
        call,
        model: models.onboardings,
        filter,
        by: { field: '_id', order: -1 },
        present: async (items) =>
          presentAll(call.tenantId, await withCurrentUsers({ models, tenantId: call.tenantId, onboardings: items })),
      });
    },

    getOnboarding: (call) => replyCurrent({ call, id: call.params.onboardingId, settling }),
  };
}

async function partnerDefaults(
  { models }: Database,
  partnerId: string | null,
): Promise<{ locale: string; timeZone: string }> {
  const partner = await models.partners.findOne({ _id: partnerId ?? '' }, { locale: 1, timeZone: 1 }).lean();
  return partner ?? { locale: 'en', timeZone: 'UTC' };
}

const releasedJustNow = (): DomainError =>
  new DomainError('DATABASE_UNAVAILABLE', 'The address was released just now. Try again.', { retryAfterSeconds: 1 });
