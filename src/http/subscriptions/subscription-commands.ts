import {
  subscriptionRefusals,
  type SubscriptionCommandTerms,
  type SubscriptionOutcome,
  type SubscriptionUpdate,
} from '../../contracts/subscriptions/subscription';
import { commandStep } from '../../contracts/commands';
import { DomainError } from '../../domain/domain-error';
import { isId } from '../../domain/ids';
import { requireWithinHorizon } from '../../domain/subscriptions/billing/planning-horizon';
import { endedSubscriptionStates } from '../../domain/subscriptions/subscription';
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
import type { CheckPaymentMethod } from './check-payment-method';
import { presentPreview } from './present-invoice';
import { presentPendingChange } from './present-subscription';
import type { Call, Reply } from '../pipeline/request-context';

export interface SubscriptionCommandHandlersInput {
  database: Database;
  idempotency: Idempotency;
  sendSubscriptionCommand: SendSubscriptionCommand;
  basePath: string;
  clock: Clock;
  checkPaymentMethod: CheckPaymentMethod;
}

interface CompleteInput {
  tenantId: string;
  subscriptionId: string;
  commandId: string;
}

type CommandCall = Call<unknown, unknown, { subscriptionId: string }>;

/** Sends each command on a subscription to its process, and responds once the process has accepted the command. */
export function subscriptionCommandHandlers(
  input: SubscriptionCommandHandlersInput,
): Handlers<SubscriptionUpdate | 'previewPlanChange'> {
  const { database, idempotency, sendSubscriptionCommand, basePath, clock, checkPaymentMethod } = input;

  // Called first: a request for another tenant's subscription stores nothing, and gets the response of an unknown id.
  const rejectUnknown = async ({ tenantId, params: { subscriptionId } }: CommandCall): Promise<void> => {
    const known =
      isId('subscription', subscriptionId) &&
      (await database.models.subscriptions.exists({ _id: subscriptionId, tenantId }));
    if (!known) throw notFound('subscription');
  };

  const checkMethod = async (
    { tenantId, params: { subscriptionId } }: CommandCall,
    paymentMethod: string,
  ): Promise<void> => {
    const subscriber = { customerId: 1, userId: 1, state: 1 } as const;
    const found = await database.models.subscriptions.findOne({ _id: subscriptionId, tenantId }, subscriber).lean();
    if (!found || endedSubscriptionStates.includes(found.state)) return;
    const at = (await clock.now(tenantId)).toISOString();
    await checkPaymentMethod({ tenantId, paymentMethod, customerId: found.customerId ?? found.userId ?? '', at });
  };

  /** Returns the change that a command has ordered, as its event has it; null where it took effect or waits. */
  const withPendingChange = async ({ tenantId, subscriptionId, commandId }: CompleteInput) => {
    const { events, subscriptions } = database.models;
    const event = await events.findOne({ tenantId, entityId: subscriptionId, step: commandStep(commandId) }).lean();
    if (event?.type !== 'subscription.change_ordered') return { pendingChange: null };
    const { planId, quantity, invoiceId, orderedAt, until } = event.data;
    const now = await subscriptions.findOne({ _id: subscriptionId, tenantId }, { pendingChange: 1 }).lean();
    const isPending = now?.pendingChange?.invoiceId === invoiceId;
    const nextAction = isPending && now?.pendingChange ? presentPendingChange(now.pendingChange).nextAction : null;
    return { pendingChange: { planId, quantity, invoiceId, orderedAt, until, nextAction } };
  };

  interface SendInput<Command extends SubscriptionUpdate> {
    command: Command;
    terms: SubscriptionCommandTerms[Command];
    /** Data that must not pass through Temporal: it stays in MongoDB, only the command's id is sent. */
    payload?: Record<string, unknown>;
    /** Called before the command is sent for the first time. */
    prepare?: () => Promise<void>;
    /** Adds to the response what the command has recorded. */
    complete?: (input: CompleteInput) => Promise<Record<string, unknown>>;
  }
  const send = async <Command extends SubscriptionUpdate>(
    call: CommandCall,
    { command, terms, payload, prepare, complete }: SendInput<Command>,
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
        if (prepare && !(await database.models.commandPayloads.exists({ _id: commandId, tenantId }))) await prepare();
        if (payload) await keepPayload({ database, tenantId, entityId: subscriptionId, commandId, payload });
        const about = { tenantId, subscriptionId, commandId, by: actorOf(caller) };
        const { state, at } = await pointingAtField(() =>
          sendSubscriptionCommand({ ...about, command, terms } as SendSubscriptionCommandInput),
        );
        return {
          status: 200,
          headers: { 'Content-Location': `${basePath}/subscriptions/${subscriptionId}` },
          body: { id: subscriptionId, state, at, ...(await complete?.({ tenantId, subscriptionId, commandId })) },
        };
      },
    });
  };

  return {
    async changePlan(call) {
      const { at, ...terms } = call.body;
      const previewedAt = at === undefined ? {} : { previewedAt: toInstant(at, '/at') };
      return send(call, { command: 'changePlan', terms: { ...terms, ...previewedAt }, complete: withPendingChange });
    },

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
      // A repeat never fails here if the first request did not: the limit advances with the clock.
      requireWithinHorizon({ at, now: (await clock.now(call.tenantId)).toISOString(), pointer: '/resumeAt' });
      return send(call, { command: 'pauseSubscription', terms: { resumeAt: at } });
    },
    resumeSubscription: (call) => send(call, { command: 'resumeSubscription', terms: {} }),
    cancelSubscription: (call) => send(call, { command: 'cancelSubscription', terms: call.body }),
    undoSubscriptionChange: (call) => send(call, { command: 'undoSubscriptionChange', terms: {} }),
    updatePaymentMethod(call) {
      const { paymentMethod } = call.body;
      const prepare = () => checkMethod(call, paymentMethod);
      return send(call, { command: 'updatePaymentMethod', terms: {}, payload: { paymentMethod }, prepare });
    },
  };
}

/** The field that a rejection by the process is about. */
const pointers: Partial<Record<string, string>> = {
  [subscriptionRefusals.resumeInPast]: '/resumeAt',
  NOTHING_TO_CHANGE: '/planId',
  PAYMENT_METHOD_UNUSABLE: '/paymentMethod',
};

/** Adds the field to a rejection by the process, which knows its own time but not the request's fields. */
async function pointingAtField(work: () => Promise<SubscriptionOutcome>): Promise<SubscriptionOutcome> {
  try {
    return await work();
  } catch (error) {
    const pointer = error instanceof DomainError ? pointers[error.code] : undefined;
    if (error instanceof DomainError && pointer) throw new DomainError(error.code, error.message, { pointer });
    throw error;
  }
}

/** Returns ISO 8601 in UTC; reads a leap second, which a Date cannot hold, as the second before it. */
function toInstant(text: string, pointer: string): string {
  const instant = new Date(text.replace(/:60(?=[.Zz+-])/, ':59'));
  if (Number.isNaN(instant.getTime()))
    throw new DomainError(
      'INSTANT_INVALID',
      `"${text.slice(0, 40)}" is not a date-time such as 2027-01-01T00:00:00Z.`,
      {
        pointer,
      },
    );
  return instant.toISOString();
}
