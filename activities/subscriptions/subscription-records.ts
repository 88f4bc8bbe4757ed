import type { ClientSession } from 'mongoose';
import type { ActivityDependencies } from '..';
import type { EventType } from '../../src/contracts/events';
import type { MailRequest } from '../../src/contracts/outbox';
import type {
  SubscriptionMoved,
  SubscriptionStepInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import type { Actor } from '../../src/domain/actor';
import { DomainError } from '../../src/domain/domain-error';
import { subscriptionTransitions, type SubscriptionState } from '../../src/domain/subscriptions/subscription';
import { progressOf } from '../../src/domain/subscriptions/subscription-progress';
import { canTransition } from '../../src/domain/transitions';
import type { Invoice } from '../../src/models/subscriptions/invoice';
import type { Subscription } from '../../src/models/subscriptions/subscription';

/** What a step makes of a subscription. */
export interface SubscriptionChange {
  /** Left out where the state stays. */
  to?: SubscriptionState;
  set?: Partial<Subscription>;
  event: { type: EventType; data?: Record<string, unknown> };
  by?: Actor;
  mails?: Pick<MailRequest, 'template' | 'data'>[];
  /** Told how the step is dated. */
  alongside?: (session: ClientSession, at: Date) => Promise<void>;
}

export type DecideChange = (subscription: Subscription) => Promise<SubscriptionChange> | SubscriptionChange;

const TRIES = 6;

/** Something that was looked at has changed meanwhile: {@link SubscriptionRecords.change} decides again. */
export class MovedMeanwhile extends Error {}

/** How subscriptions are read and moved by all of their activities. */
export const createSubscriptionRecords = ({
  database,
  applyStep,
}: Pick<ActivityDependencies, 'database' | 'applyStep'>) => {
  const { models } = database;

  const find = async ({
    tenantId,
    subscriptionId,
  }: Pick<SubscriptionStepInput, 'tenantId' | 'subscriptionId'>): Promise<Subscription> => {
    const subscription = await models.subscriptions.findOne({ _id: subscriptionId, tenantId }).lean();
    if (!subscription) throw new DomainError('NOT_FOUND', `There is no subscription ${subscriptionId}`);
    return subscription;
  };

  /** One try: applies what is decided on the subscription as it was read, and nothing when it has changed since. */
  const tryOnce = async (
    input: SubscriptionStepInput,
    subscription: Subscription,
    decide: DecideChange | null,
  ): Promise<{ state: SubscriptionState; at: string }> => {
    const { tenantId, subscriptionId, chain, step, at } = input;
    const change = await decide?.(subscription);
    if (
      change?.to !== undefined &&
      change.to !== subscription.state &&
      !canTransition(subscriptionTransitions, subscription.state, change.to)
    ) {
      throw new DomainError(
        'ILLEGAL_STATE',
        `subscription ${subscriptionId} is ${subscription.state}, from where it cannot become ${change.to}`,
      );
    }
    const { version } = subscription;
    const { state, at: appliedAt } = await applyStep(database, {
      tenantId,
      entityType: 'subscription',
      entityId: subscriptionId,
      chain,
      step,
      at,
      by: change?.by ?? { kind: 'workflow', id: null },
      from: change ? [subscription.state] : [],
      ...(change?.to === undefined ? {} : { to: change.to }),
      set: {
        ...change?.set,
        ...(change?.to === undefined || change.to === subscription.state ? {} : { since: new Date(at) }),
      },
      event: change?.event ?? { type: 'subscription.accepted' },
      mails:
        subscription.userId === null
          ? []
          : (change?.mails ?? []).map((mail) => ({ ...mail, key: `${subscriptionId}/${step}`, to: null })),
      alongside: async (session, movedAt) => {
        const now = await models.subscriptions
          .findOne({ _id: subscriptionId, tenantId }, { version: 1 })
          .session(session)
          .lean();
        if (now?.version !== version + 1)
          throw new MovedMeanwhile(`subscription ${subscriptionId} changed while ${step} was decided`);
        await change?.alongside?.(session, movedAt);
      },
    });
    return { state: state as SubscriptionState, at: appliedAt };
  };

  return {
    find,

    findInvoice: async ({ tenantId }: Pick<SubscriptionStepInput, 'tenantId'>, invoiceId: string): Promise<Invoice> =>
      models.invoices.findOne({ _id: invoiceId, tenantId }).lean().orFail(),

    /** What the api kept for a command. */
    payloadOf: async (
      { tenantId, subscriptionId }: SubscriptionStepInput,
      commandId: string,
    ): Promise<Record<string, unknown>> =>
      (await models.commandPayloads.findOne({ _id: commandId, tenantId, entityId: subscriptionId }).lean())?.payload ??
      {},

    /**
     * Moves a subscription by one step. The subscription's process and the child that charges for it may write at the
     * same time: what was decided on something that has changed meanwhile is decided again. A repeat decides nothing
     * and answers as the first time.
     * @throws DomainError as `applyStep`, and what `decide` throws.
     */
    async change(input: SubscriptionStepInput, decide: DecideChange): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId: entityId, step } = input;
      for (let tries = 1; ; tries++) {
        const [earlier, subscription] = await Promise.all([
          models.events.exists({ tenantId, entityId, step }),
          find(input),
        ]);
        try {
          const { state, at } = await tryOnce(input, subscription, earlier ? null : decide);
          return { state, at, progress: progressOf(await find(input)) };
        } catch (error) {
          const moved = error instanceof MovedMeanwhile || (await find(input)).version !== subscription.version;
          if (!moved || tries === TRIES) throw error;
        }
      }
    },
  };
};

export type SubscriptionRecords = ReturnType<typeof createSubscriptionRecords>;

/** What a mail about a subscription speaks of. */
export function mailOf(
  { item }: Subscription,
  template: MailRequest['template'],
  { amountMinor, until = null }: { amountMinor: number; until?: string | null },
): Pick<MailRequest, 'template' | 'data'> {
  return { template, data: { planName: item.plan.name, amountMinor, currency: item.plan.amount.currency, until } };
}
