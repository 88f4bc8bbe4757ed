import type { ClientSession } from 'mongoose';
import type { EventType } from '../../contracts/events';
import type { MailRequest, WorkflowStart } from '../../contracts/outbox';
import type { SubscriptionMoved } from '../../contracts/subscriptions/subscription-activities';
import { byWorkflow, type Actor } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import type { PlanItem } from '../../domain/subscriptions/plan';
import { hasEnded, subscriptionTransitions, type SubscriptionState } from '../../domain/subscriptions/subscription';
import { progressOf } from '../../domain/subscriptions/subscription-progress';
import { canTransition } from '../../domain/transitions';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { Subscription } from '../../models/subscriptions/subscription';
import { applyStep } from '../apply-step';
import { findEntity } from '../find-entity';
import { factsOf, recordFacts, type RecordFactsInput } from './mrr/record-facts';

/** The change that a step makes to a subscription. */
export interface SubscriptionChange {
  /** Left out where the state stays. */
  to?: SubscriptionState;
  set?: Partial<Subscription>;
  event: { type: EventType; data?: Record<string, unknown> };
  by?: Actor;
  mails?: Pick<MailRequest, 'template' | 'data'>[];
  starts?: readonly WorkflowStart[];
  /** Writes of the same transaction, called with the step's time. */
  alongside?: (session: ClientSession, at: Date) => Promise<void>;
}

export type DecideChange = (subscription: Subscription) => Promise<SubscriptionChange> | SubscriptionChange;

export interface ChangeSubscriptionInput {
  database: Database;
  /** The caller's transaction. Defaults to a transaction of its own. */
  session?: ClientSession;
  tenantId: string;
  subscriptionId: string;
  /** First run id of the chain that must own the subscription; left out by an operator. */
  chain?: string;
  /** The step's name with its occurrence, unique per subscription. */
  step: string;
  /** Business time, ISO 8601. */
  at: string;
  /** The command that the step applies; a subscription that has ended accepts none. */
  command?: { id: string };
}

const TRIES = 6;

/** Thrown when facts behind a decision have changed meanwhile: {@link changeSubscription} decides again. */
export class ConcurrentChange extends Error {}

/**
 * Moves a subscription by one step. The subscription's process and the child that charges for it may write at the same
 * time: a change whose facts have changed meanwhile is decided again (within a caller's transaction by running that
 * again). A repeat decides nothing and returns the first result.
 * @throws DomainError as `applyStep` and `decide` do.
 */
export async function changeSubscription(
  input: ChangeSubscriptionInput,
  decide: DecideChange,
): Promise<SubscriptionMoved> {
  const { database, session, tenantId, subscriptionId: entityId, step } = input;
  const find = () => findEntity({ database, session, tenantId, entityType: 'subscription', entityId });
  for (let tries = 1; ; tries++) {
    const subscription = await find();
    // Read after the subscription: a concurrent call of this step that has moved the subscription by then has left its
    // event.
    const earlier = await database.models.events.exists({ tenantId, entityId, step }).session(session ?? null);
    // The child that charges may have ended the subscription just now.
    if (input.command && !earlier && hasEnded(subscription.state))
      throw new DomainError(
        'SUBSCRIPTION_CANCELLED',
        'The subscription has ended and accepts no more commands: create a new one.',
      );
    try {
      const { state, at } = await tryOnce(input, subscription, earlier ? null : decide);
      return { state, at, progress: progressOf(await find()) };
    } catch (error) {
      if (session || tries === TRIES) throw error;
      const moved = error instanceof ConcurrentChange || (await find()).version !== subscription.version;
      if (!moved) throw error;
    }
  }
}

/** Tries once: applies the decision on the subscription as it was read, and nothing when that has changed since. */
async function tryOnce(
  input: ChangeSubscriptionInput,
  subscription: Subscription,
  decide: DecideChange | null,
): Promise<{ state: SubscriptionState; at: string }> {
  const { database, session: within, tenantId, subscriptionId, chain, step, at } = input;
  const change = await decide?.(subscription);
  const to = change?.to;
  const moves = to !== undefined && to !== subscription.state;
  if (moves) requireMove(subscription, to);
  const facts = factsOf(subscription, { ...subscription, ...change?.set, ...(to ? { state: to } : {}) });
  const stepInput = {
    tenantId,
    entityType: 'subscription',
    entityId: subscriptionId,
    chain,
    step,
    at,
    by: change?.by ?? byWorkflow,
    from: change ? [subscription.state] : [],
    to,
    set: { ...change?.set, ...(moves ? { since: new Date(at) } : {}), ...pricedBy(change, at), ...facts.set },
    event: change?.event ?? { type: 'subscription.accepted' },
    mails: mailsOf(subscription, change?.mails, step),
    starts: change?.starts,
    alongside: async (session: ClientSession, movedAt: Date) => {
      await requireUnmoved({ database, session, subscription, step });
      await change?.alongside?.(session, movedAt);
      await recordOrDecideAgain({ database, session, subscription, facts, at: movedAt });
    },
  } as const;
  const applied = await applyStep(database, stepInput, within);
  return { state: applied.state as SubscriptionState, at: applied.at };
}

/** A change of plan or period makes earlier previews outdated. */
const pricedBy = (change: SubscriptionChange | undefined, at: string): Partial<Subscription> =>
  change?.set && ('item' in change.set || 'period' in change.set) ? { pricedAt: new Date(at) } : {};

function requireMove({ _id, state }: Subscription, to: SubscriptionState): void {
  if (!canTransition(subscriptionTransitions, state, to))
    throw new DomainError('ILLEGAL_STATE', `subscription ${_id} is ${state}, from where it cannot become ${to}`);
}

/** Two steps may open the balance of a new customer at the same time: the later one is decided again. */
async function recordOrDecideAgain(input: RecordFactsInput): Promise<void> {
  try {
    await recordFacts(input);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new ConcurrentChange(`the balance of the customer of ${input.subscription._id} was opened meanwhile`);
  }
}

interface RequireUnmovedInput {
  database: Database;
  session: ClientSession;
  /** The subscription as it was read, before the step increased its version. */
  subscription: Subscription;
  step: string;
}

async function requireUnmoved({ database, session, subscription, step }: RequireUnmovedInput): Promise<void> {
  const { _id, tenantId, version } = subscription;
  const now = await database.models.subscriptions.findOne({ _id, tenantId }, { version: 1 }).session(session).lean();
  if (now?.version !== version + 1) throw new ConcurrentChange(`subscription ${_id} changed while ${step} was decided`);
}

/** Mails go to a user of ours; a subscriber that only the partner knows gets none. */
const mailsOf = ({ _id, userId }: Subscription, mails: SubscriptionChange['mails'] = [], step: string): MailRequest[] =>
  userId === null ? [] : mails.map((mail) => ({ ...mail, key: `${_id}/${step}`, audience: 'person', to: null }));

/** Returns a mail about a subscription with its facts. */
export function mailOf(
  { item }: Subscription,
  template: MailRequest['template'],
  { amountMinor, owedMinor = 0, until = null }: { amountMinor: number; owedMinor?: number; until?: string | null },
): Pick<MailRequest, 'template' | 'data'> {
  return {
    template,
    data: { planName: item.plan.name, amountMinor, owedMinor, currency: item.plan.amount.currency, until },
  };
}

/** Returns the data of an event about a plan; its name is kept as it was then. */
export const planDataOf = ({ planId, plan, quantity }: PlanItem): Record<string, unknown> => ({
  planId,
  planName: plan.name,
  quantity,
});
