import { createCommandCounter } from '../../src/testing/servers/count-commands';
import { quietTemporal } from '../../src/testing/servers/quiet-temporal';
import { openOnboardingWorld, type OnboardingWorld } from '../../src/testing/worlds/onboarding-world';
import { openPaymentWorld, type PaymentWorld } from '../../src/testing/worlds/payment-world';
import { openReviewWorld, type ReviewWorld } from '../listings/tests/review-world';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../src/testing/worlds/subscription-world';

const DAY = 86_400_000;
const counter = createCommandCounter();
const { wrap } = counter;

let payments: PaymentWorld;
let onboardings: OnboardingWorld;
let subscriptions: SubscriptionWorld;
let reviews: ReviewWorld;
beforeAll(async () => {
  quietTemporal();
  payments = await openPaymentWorld({ wrap });
  onboardings = await openOnboardingWorld({ wrap });
  subscriptions = await openSubscriptionWorld({ wrap });
  reviews = await openReviewWorld({ wrap });
  for (const { database } of [payments, onboardings, subscriptions, reviews]) counter.watch(database);
});
afterAll(() => Promise.all([payments?.close(), onboardings?.close(), subscriptions?.close(), reviews?.close()]));

/** What the steps of a process cost MongoDB: exact, on any machine. A change that adds a command changes a figure. */
describe('the steps of', () => {
  it('a payment', async () => {
    await payments.handle(await payments.pay()).result();
    expect(counter.take()).toEqual({ activities: 4, commands: 38, transactions: 6 });
  });

  it('a refund', async () => {
    const paymentId = await payments.pay();
    await payments.handle(paymentId).result();
    counter.take();
    const refundId = await payments.refund(paymentId);
    await payments.refundHandle(refundId).result();
    expect(counter.take()).toEqual({ activities: 3, commands: 24, transactions: 2 });
  });

  it('an onboarding with a profile', async () => {
    const id = await onboardings.accept();
    await onboardings.untilMailed(id, 1);
    await onboardings.command(id, 'verifyEmail', { generation: 1 });
    await onboardings.command(id, 'submitProfile', { payload: { displayName: 'Ada' } });
    await onboardings.handle(id).result();
    expect(counter.take()).toEqual({ activities: 5, commands: 31, transactions: 5 });
  });

  it('a review by the checks alone', async () => {
    const { reviewId } = await reviews.submitted({ policy: 'never' });
    await reviews.handle(reviewId).result();
    expect(counter.take()).toEqual({ activities: 3, commands: 31, transactions: 2 });
  });

  it('a review by a person', async () => {
    const { reviewId } = await reviews.submitted();
    await reviews.until(reviewId, 'queued');
    await reviews.command(reviewId, 'approveListing', { reviewer: 'mona' });
    await reviews.handle(reviewId).result();
    expect(counter.take()).toEqual({ activities: 5, commands: 48, transactions: 4 });
  });

  it('a renewal', async () => {
    const id = await subscriptions.subscribe({ planId: await subscriptions.plan() });
    await subscriptions.until(id, 'active');
    await subscriptions.untilSettled(id);
    counter.take();
    await subscriptions.advance(id, 32 * DAY);
    await subscriptions.untilSettled(id);
    expect(counter.take()).toEqual({ activities: 7, commands: 63, transactions: 8 });
  });
});
