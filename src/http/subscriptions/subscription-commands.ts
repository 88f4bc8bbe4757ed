import {
  subscriptionRefusals,
  type SubscriptionCommandTerms,
  type SubscriptionOutcome,
  type SubscriptionUpdate,
} from '../../contracts/subscriptions/subscription';
import { DomainError } from '../../domain/domain-error';
import { isId } from '../../domain/ids';
import { requireWithinHorizon } from '../../domain/subscriptions/planning-horizon';
import type { Clock } from '../../services/clock';
import type { Database } from '../../models/database';
import { previewPlanChange } from '../../services/subscriptions/preview-plan-change';
import type {
  SendSubscriptionCommand,
  SendSubscriptionCommandInput,
} from '../../temporal/commands/subscriptions/subscription-commands';
import { actorOf } from '../actor-of';
import { notFound, type Handlers } from '../handler';
import type { Idempotency } from '../replies/idempotency';
import { keepPayload } from '../replies/keep-payload';
import { presentPreview } from './present-invoice';
import type { Call, Reply } from '../pipeline/request-context';

export interface SubscriptionCommandHandlersInput {
  database: Database;
  idempotency: Idempotency;
  sendSubscriptionCommand: SendSubscriptionCommand;
  basePath: string;
  clock: Clock;
}

type CommandCall = Call<unknown, unknown, { subscriptionId: string }>;

/** Commands to a subscription: each is sent to its process, and answered once that has accepted it. */
export function subscriptionCommandHandlers(
  input: SubscriptionCommandHandlersInput,
): Handlers<SubscriptionUpdate | 'previewPlanChange'> {
  const { database, idempotency, sendSubscriptionCommand, basePath, clock } = input;

  // Before anything else: nothing of a request for somebody else's subscription is kept, and it answers like one for an
  // unknown id.
  const rejectUnknown = async ({ tenantId, params: { subscriptionId } }: CommandCall): Promise<void> => {
    const known =
      isId('subscription', subscriptionId) &&
      (await database.models.subscriptions.exists({ _id: subscriptionId, tenantId }));
    if (!known) throw notFound('subscription');
  };

  interface SendInput<Command extends SubscriptionUpdate> {
    command: Command;
    terms: SubscriptionCommandTerms[Command];
    /** What does not travel through Temporal: it waits in MongoDB while only the command's id travels. */
    payload?: Record<string, unknown>;
  }
  const send = async <Command extends SubscriptionUpdate>(
    call: CommandCall,
    { command, terms, payload }: SendInput<Command>,
  ): Promise<Reply> => {
    const {
      tenantId,
      caller,
      params: { subscriptionId },
    } = call;
    await rejectUnknown(call);
    return idempotency.commandOnce({
      call,
      async send(commandId) {
        if (payload) await keepPayload({ database, tenantId, entityId: subscriptionId, commandId, payload });
        const about = { tenantId, subscriptionId, commandId, by: actorOf(caller) };
        const { state, at } = await pointingAtField(() =>
          sendSubscriptionCommand({ ...about, command, terms } as SendSubscriptionCommandInput),
        );
        return {
          status: 200,
          headers: { 'Content-Location': `${basePath}/subscriptions/${subscriptionId}` },
          body: { id: subscriptionId, state, at },
        };
      },
    });
  };

  return {
    changePlan: (call) => send(call, { command: 'changePlan', terms: call.body }),

    async previewPlanChange(call) {
      await rejectUnknown(call);
      const {
        tenantId,
        params: { subscriptionId },
        body,
      } = call;
      return {
        status: 200,
        body: presentPreview(await previewPlanChange({ database, clock, tenantId, subscriptionId, ...body })),
      };
    },

    async pauseSubscription(call) {
      const { resumeAt } = call.body ?? {};
      if (resumeAt === undefined) return send(call, { command: 'pauseSubscription', terms: {} });
      const at = toInstant(resumeAt, '/resumeAt');
      // A repeat never meets this where the first request did not: the limit moves on with the clock.
      requireWithinHorizon({ at, now: (await clock.now(call.tenantId)).toISOString(), pointer: '/resumeAt' });
      return send(call, { command: 'pauseSubscription', terms: { resumeAt: at } });
    },
    resumeSubscription: (call) => send(call, { command: 'resumeSubscription', terms: {} }),
    cancelSubscription: (call) => send(call, { command: 'cancelSubscription', terms: call.body }),
    undoSubscriptionChange: (call) => send(call, { command: 'undoSubscriptionChange', terms: {} }),
    updatePaymentMethod: (call) =>
      send(call, { command: 'updatePaymentMethod', terms: {}, payload: { paymentMethod: call.body.paymentMethod } }),
  };
}

/** The process knows its own time and judges by it, but not the request's fields. */
async function pointingAtField(work: () => Promise<SubscriptionOutcome>): Promise<SubscriptionOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError && error.code === subscriptionRefusals.resumeInPast)
      throw new DomainError(error.code, error.message, { pointer: '/resumeAt' });
    throw error;
  }
}

/** ISO 8601 in UTC. A leap second is a valid date-time that a Date cannot hold. */
function toInstant(text: string, pointer: string): string {
  const instant = new Date(text.replace(/:60(?=[.Zz+-])/, ':59'));
  if (Number.isNaN(instant.getTime()))
    throw new DomainError('INSTANT_INVALID', `"${text.slice(0, 40)}" is no instant such as 2027-01-01T00:00:00Z.`, {
      pointer,
    });
  return instant.toISOString();
}
