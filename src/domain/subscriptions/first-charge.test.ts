import { firstChargeUntil, isFirstCharge, type FirstChargeInput } from './first-charge';
import { nextDue, progressOf, waitingForOf } from './subscription-progress';

const at = new Date('2027-01-01T00:00:00.000Z');
const until = firstChargeUntil(at);
const charged: FirstChargeInput = { state: 'accepted', createdAt: at, startAt: at, trialEndAt: null };

test.each<[string, Partial<FirstChargeInput>, boolean]>([
  ['that follows the create immediately', {}, true],
  ['whose start was rounded down to the second', { createdAt: new Date(at.getTime() + 900) }, true],
  ['that was not paid before', { state: 'incomplete' }, true],
  ['at a later start', { startAt: new Date(at.getTime() + 1000) }, false],
  ['after a trial', { state: 'trialing', trialEndAt: at }, false],
  ['of a renewal', { state: 'active' }, false],
  ['of a resumption', { state: 'paused' }, false],
])('a charge %s is a first charge: %j → %s', (_what, given, expected) => {
  expect(isFirstCharge({ ...charged, ...given })).toBe(expected);
});

describe('an incomplete subscription', () => {
  const subscription = (status: 'due' | 'pending' | 'failed', isWithdrawn = false) =>
    progressOf({
      version: 3,
      state: 'incomplete',
      startAt: at,
      trialEndAt: null,
      trialNoticeAt: null,
      nextPeriodAt: new Date('2027-02-01T00:00:00.000Z'),
      waiting: null,
      resumeAt: null,
      firstCharge: { until, isWithdrawn },
      pendingChange: null,
      withdrawnCharges: [],
      charge: { periodStart: at.toISOString(), attempt: 1, status, nextAt: null },
    });

  test('has 23 hours, and expires then, whether its payment has failed or is under way', () => {
    expect(until.toISOString()).toBe('2027-01-01T23:00:00.000Z');
    const expiry = { what: 'expire', at: until.toISOString() };
    expect(nextDue(subscription('failed'))).toEqual(expiry);
    expect(nextDue(subscription('pending'))).toEqual(expiry);
    expect(waitingForOf(subscription('failed'))).toEqual({ what: 'first_payment', until: until.toISOString() });
  });

  test('charges a new payment method immediately', () => {
    expect(nextDue(subscription('due'))).toEqual({ what: 'charge', at: null });
  });

  test('waits for the outcome of a withdrawn payment', () => {
    expect(nextDue(subscription('pending', true))).toEqual({ what: 'query_payment', at: null });
  });

  test('has no deadline once it is in another state', () => {
    expect(
      progressOf({ ...subscriptionSource, state: 'cancelled', firstCharge: { until, isWithdrawn: true } }).firstCharge,
    ).toBeNull();
  });

  const subscriptionSource = {
    version: 4,
    pendingChange: null,
    withdrawnCharges: [],
    startAt: at,
    trialEndAt: null,
    trialNoticeAt: null,
    nextPeriodAt: at,
    waiting: null,
    resumeAt: null,
    charge: null,
  };
});
