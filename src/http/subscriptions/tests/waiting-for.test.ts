import { newId } from '../../../domain/ids';
import { hasEnded } from '../../../domain/subscriptions/subscription';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { expectContract } from '../../../testing/expect-contract';
import { seedSubscription } from '../../../testing/worlds/seed-subscription';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import { presentSubscription } from '../present-subscription';

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());
const get = async (path: string) => expectContract(await api.call('get', path, key));

describe('the waitingFor of a subscription', () => {
  const at = new Date('2027-01-05T00:00:00.000Z');
  const charge = {
    invoiceId: newId('invoice'),
    periodStart: '2027-01-01T00:00:00.000Z',
    attempt: 1,
    rung: 1,
    failedAt: at,
    nextAt: at,
  } as const;
  const end = new Date('2027-02-01T00:00:00.000Z');

  it.each<[string, Partial<Subscription>, string | null, string | null]>([
    ['active', { state: 'active' }, 'the next period', end.toISOString()],
    ['in its trial', { state: 'trialing', trialEndAt: end }, 'the trial to end', end.toISOString()],
    [
      'about to change plan',
      {
        state: 'active',
        waiting: {
          what: 'change_plan',
          item: { planId: 'p', plan: { name: 'Pro' } as never, quantity: 1 },
        },
      },
      'the new plan',
      end.toISOString(),
    ],
    [
      'about to be cancelled',
      { state: 'active', waiting: { what: 'cancel' } },
      'when the subscription is cancelled',
      end.toISOString(),
    ],
    [
      'being charged',
      { state: 'active', charge: { ...charge, status: 'pending', nextAt: null } },
      'final result',
      null,
    ],
    [
      'waiting for a change of plan to be paid',
      {
        state: 'active',
        pendingChange: {
          item: { planId: 'p', plan: { name: 'Pro' } as never, quantity: 1 },
          invoiceId: newId('invoice'),
          orderedAt: at,
          until: at,
          attempt: 1,
          status: 'pending',
          paymentUntil: null,
          actionUrl: null,
          isWithdrawn: false,
        } as never,
      },
      'the payment of the ordered change',
      at.toISOString(),
    ],
    ['past due', { state: 'past_due', charge: { ...charge, status: 'failed' } }, 'charged again', at.toISOString()],
    [
      'past due and cancelled before the next attempt',
      {
        state: 'past_due',
        nextPeriodAt: new Date('2027-01-03T00:00:00.000Z'),
        waiting: { what: 'cancel' },
        charge: { ...charge, status: 'failed' },
      },
      'when the subscription is cancelled',
      '2027-01-03T00:00:00.000Z',
    ],
    [
      'incomplete',
      { state: 'incomplete', firstCharge: { until: at, isWithdrawn: false }, charge: { ...charge, status: 'failed' } },
      'without a payment the subscription expires',
      at.toISOString(),
    ],
    ['expired', { state: 'incomplete_expired', reason: 'not_paid_in_time' }, null, null],
    [
      'unpaid',
      { state: 'unpaid', charge: { ...charge, status: 'failed' } },
      'another payment method',
      at.toISOString(),
    ],
    ['paused', { state: 'paused', resumeAt: at }, 'to be resumed', at.toISOString()],
    ['cancelled', { state: 'cancelled', reason: 'requested' }, null, null],
    [
      'cancelled with a payment under way',
      { state: 'cancelled', charge: { ...charge, status: 'pending' } },
      'voided or refunded',
      null,
    ],
    [
      'cancelled with the payment of a change under way',
      { state: 'cancelled', withdrawnCharges: [{ invoiceId: newId('invoice'), attempt: 1 }] },
      'voided or refunded',
      null,
    ],
  ])('describes a subscription that is %s', async (_what, as, what, until) => {
    const { subscriptionId } = await seedSubscription({ api, tenantId, as: { nextPeriodAt: end, ...as } });
    const { body } = await get(`/subscriptions/${subscriptionId}`);
    expect(body.nextPeriodAt === null).toBe(hasEnded(as.state ?? 'active'));
    expect(body.waitingFor).toEqual(what === null ? null : { what: expect.stringContaining(what), until });
    expect(body).toEqual(
      JSON.parse(
        JSON.stringify(
          presentSubscription(await api.database.models.subscriptions.findById(subscriptionId).lean().orFail()),
        ),
      ),
    );
    expect([body.nextAttemptAt, body.openInvoiceId]).toEqual([
      as.state === 'past_due' ? at.toISOString() : null,
      as.charge && as.state !== 'cancelled' ? charge.invoiceId : null,
    ]);
  });
});
