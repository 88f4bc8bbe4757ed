import { newId } from '../../domain/ids';
import { billNextPeriod, billingStandingOf } from '../../domain/subscriptions/plan-change';
import { acceptPlan } from '../../services/subscriptions/accept-plan';
import { acceptSubscription, type AcceptSubscriptionInput } from '../../services/subscriptions/accept-subscription';
import type { Subscription } from '../../models/subscriptions/subscription';
import type { TestApi } from '../test-api';
import { seedCaptured } from './seed-payment';

const by = { kind: 'api_key', id: 'key_test' } as const;

export interface SeedSubscriptionInput {
  api: Pick<TestApi, 'database'>;
  tenantId: string;
  /** The changes that the process would have made. */
  as?: Partial<Subscription>;
  with?: Partial<Pick<AcceptSubscriptionInput, 'trialDays' | 'quantity' | 'customerId' | 'planId'>>;
  /** ISO 8601. */
  at?: string;
}

/** Writes a plan, a subscription in its first period, and that period's invoice with its payment. Returns the ids. */
export async function seedSubscription({
  api,
  tenantId,
  as = {},
  with: wishes = {},
  at = '2026-11-21T09:00:00.000Z',
}: SeedSubscriptionInput): Promise<Record<'planId' | 'subscriptionId' | 'invoiceId', string>> {
  const { database } = api;
  const { models } = database;
  const terms = {
    name: 'Pro',
    amount: { amountMinor: 2900, currency: 'EUR' },
    interval: 'month',
    intervalCount: 1,
  } as const;
  const { subscription } = await database.inTransaction(async (session) => {
    const planId =
      wishes.planId ?? (await acceptPlan({ database, session, tenantId, terms, correlationId: 'test', at }))._id;
    return acceptSubscription({
      database,
      session,
      tenantId,
      customerId: 'cust-1',
      paymentMethod: 'pm_ok',
      correlationId: 'test',
      by,
      at,
      ...wishes,
      planId,
    });
  });
  const {
    _id: subscriptionId,
    item: { planId },
  } = subscription;
  const { period, draft } = billNextPeriod({ standing: billingStandingOf(subscription), change: null });
  const end = new Date(period.endAt);
  await models.subscriptions.updateOne(
    { _id: subscriptionId },
    { $set: { state: 'active', period, nextPeriodAt: end, paidUntil: end, ...as } },
  );
  const [invoiceId, now] = [newId('invoice'), new Date(at)];
  const { creditBalance: _left, ...amounts } = draft;
  const paymentId = await seedCaptured({ api, tenantId, ...draft.total });
  await models.invoices.insertMany([
    {
      _id: invoiceId,
      tenantId,
      subscriptionId,
      state: 'paid',
      version: 1,
      chain: null,
      correlationId: 'test',
      createdAt: now,
      updatedAt: now,
      kind: 'period',
      period: { startAt: period.startAt, endAt: period.endAt },
      ...amounts,
      attempts: [{ attempt: 1, paymentId, at: now, state: 'paid', reason: null }],
      paidAt: now,
    },
  ]);
  return { planId, subscriptionId, invoiceId };
}
