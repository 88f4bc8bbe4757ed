import type { ClientSession } from 'mongoose';
import { subscriptionProcess } from '../../contracts/subscriptions/process';
import type { Actor } from '../../domain/actor';
import {
  localTimeOf,
  requireSchedule,
  requireStart,
  trialEndAt as endOfTrial,
  trialNoticeAt,
} from '../../domain/subscriptions/billing/billing-period';
import { DomainError } from '../../domain/domain-error';
import { newId } from '../../domain/ids';
import { zeroMoney } from '../../domain/money';
import { MAX_TRIAL_DAYS, priceOf, requireInteger, type PlanItem } from '../../domain/subscriptions/plan';
import { tenantOf } from '../../domain/tenant';
import { subscribingStatuses } from '../../domain/users/user';
import { termsOf } from './accept-plan';
import type { Database } from '../../models/database';
import { acceptEntity } from '../accept-entity';
import type { OutboxRow } from '../../models/outbox-row';
import type { Subscription } from '../../models/subscriptions/subscription';

export interface AcceptSubscriptionInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** Exactly one of the two: the partner's own reference, or a user of ours, who gets the mails. */
  customerId?: string | null;
  userId?: string | null;
  planId: string;
  paymentMethod: string;
  /** ISO 8601. Defaults to immediately. */
  startAt?: string | null;
  /** Defaults to the plan's. */
  trialDays?: number;
  /** Defaults to 1. */
  quantity?: number;
  /** 1–31, months and years only. */
  anchorDay?: number | null;
  metadata?: Record<string, string>;
  correlationId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  startDelayMs?: number;
}

/**
 * Writes an accepted subscription, its first event and the start of its process, inside the caller's transaction.
 * Returns the start's row, to be sent once the transaction has committed.
 * @throws DomainError `SUBSCRIBER_INVALID`, `USER_UNKNOWN`, `USER_NOT_ACTIVE`, `PLAN_UNKNOWN`, `INTEGER_OUT_OF_RANGE`,
 *   `AMOUNT_TOO_LARGE`, `START_IN_PAST`, `INSTANT_TOO_LATE`, `INSTANT_INVALID`, `ANCHOR_DAY_INVALID`; all point at
 *   their field.
 */
export async function acceptSubscription(
  input: AcceptSubscriptionInput,
): Promise<{ subscription: Subscription; row: OutboxRow }> {
  const { database, session, tenantId, correlationId, by, customerId = null, userId = null } = input;
  const { models } = database;
  await requireSubscriber(input);
  const item = await findPlanItem({ database, session, tenantId, planId: input.planId, quantity: input.quantity ?? 1 });
  const { timeZone } = await models.partners
    .findById(tenantOf(tenantId).partnerId, { timeZone: 1 })
    .session(session)
    .lean()
    .orFail();
  const trialDays = requireInteger({
    value: input.trialDays ?? item.plan.trialDays,
    min: 0,
    max: MAX_TRIAL_DAYS,
    pointer: '/trialDays',
  });

  const startAt = requireStart({ acceptedAt: input.at, startAt: input.startAt, timeZone });
  const trial = { startAt, trialDays, timeZone };
  const billedFrom = trialDays === 0 ? startAt : endOfTrial(trial);
  const schedule = requireSchedule({
    startAt: billedFrom,
    timeZone,
    interval: item.plan.interval,
    intervalCount: item.plan.intervalCount,
    anchorDay: input.anchorDay ?? null,
    // The trial may end on a day on which the clocks move its end.
    anchorTime: localTimeOf({ startAt, timeZone }),
  });

  const at = new Date(input.at);
  const subscription: Subscription = {
    _id: newId('subscription'),
    tenantId,
    state: 'accepted',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    since: at,
    customerId,
    userId,
    item,
    paymentMethod: input.paymentMethod,
    methodSetup: null,
    metadata: input.metadata ?? {},
    startAt: new Date(startAt),
    trialEndAt: trialDays === 0 ? null : new Date(billedFrom),
    trialNoticeAt: trialDays === 0 ? null : new Date(trialNoticeAt(trial)),
    schedule,
    period: null,
    nextPeriodAt: new Date(billedFrom),
    paidUntil: null,
    creditBalance: zeroMoney(item.plan.amount.currency),
    owed: zeroMoney(item.plan.amount.currency),
    waiting: null,
    resumeAt: null,
    charge: null,
    pendingChange: null,
    withdrawnCharges: [],
    pricedAt: null,
    reason: null,
  };
  const { row } = await acceptEntity({
    database,
    session,
    process: subscriptionProcess,
    entity: subscription,
    event: { type: 'subscription.accepted', data: { planId: item.planId, quantity: item.quantity, startAt } },
    by,
    startDelayMs: input.startDelayMs,
  });
  return { subscription, row };
}

async function requireSubscriber({
  database,
  session,
  tenantId,
  customerId,
  userId,
}: AcceptSubscriptionInput): Promise<void> {
  if (Boolean(customerId) === Boolean(userId)) {
    throw new DomainError(
      'SUBSCRIBER_INVALID',
      'Send exactly one of customerId (your own reference) and userId (one of our users).',
      { pointer: '/customerId' },
    );
  }
  if (!userId) return;
  const user = await database.models.users.findOne({ _id: userId, tenantId }, { state: 1 }).session(session).lean();
  const pointer = '/userId';
  if (!user)
    throw new DomainError('USER_UNKNOWN', `There is no user ${userId}: send the id of one of yours, or customerId.`, {
      pointer,
    });
  if (!subscribingStatuses.includes(user.state))
    throw new DomainError('USER_NOT_ACTIVE', `The user ${userId} is ${user.state} and cannot subscribe.`, { pointer });
}

export interface FindPlanItemInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  tenantId: string;
  planId: string;
  quantity: number;
}

/** Returns a plan with its quantity. @throws DomainError `PLAN_UNKNOWN`, and the errors of `priceOf`. */
export async function findPlanItem({
  database,
  session,
  tenantId,
  planId,
  quantity,
}: FindPlanItemInput): Promise<PlanItem> {
  const plan = await database.models.plans
    .findOne({ _id: planId, tenantId })
    .session(session ?? null)
    .lean();
  if (!plan)
    throw new DomainError('PLAN_UNKNOWN', `There is no plan ${planId}: send the id of one of yours.`, {
      pointer: '/planId',
    });
  const item: PlanItem = { planId, plan: termsOf(plan), quantity };
  priceOf(item);
  return item;
}
