import { mails } from '../../../src/mails/mails';
import type { ListingMailTemplate } from '../../../src/contracts/listings/mails';
import { APPROVALS_WAIT_MS } from '../../../src/domain/listings/collected-mails';
import { NOTICE_INTERVAL_MS } from '../../../src/domain/listings/review';
import { notifyReviewers } from '../../../src/services/listings/reviews/notify-reviewers';
import { inBatches } from '../../../src/testing/in-batches';
import { noReportMails } from '../../../src/testing/queue-test-bed';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { acceptOnboarding } from '../../../src/testing/worlds/accept-onboarding';
import { waitFor } from '../../../src/testing/wait-for';
import { bike, openReviewWorld, type ReviewWorld } from './review-world';

const SUBMISSIONS = casesOf({ short: 30, long: 300 });
/** After the first one, of one owner. */
const APPROVALS = casesOf({ short: 20, long: 99 });

let world: ReviewWorld;
beforeEach(async () => {
  quietTemporal();
  world = await openReviewWorld();
});
afterEach(() => world.close());

const ordered = (template: ListingMailTemplate) =>
  world.database.models.outbox.find({ 'mail.template': template }).sort({ _id: 1 }).lean();
const load = (row: Awaited<ReturnType<typeof ordered>>[number]) =>
  mails[row.mail!.template].load({
    models: world.database.models,
    tenantId: row.tenantId,
    entityId: row.entityId,
    mail: row.mail!,
    at: new Date(),
    publicUrl: 'https://api.example',
    verificationSecret: 'secret',
    reportMails: noReportMails,
  });
/** Submits a listing and waits until its reviewers were notified. */
const notified = async () => {
  const { reviewId } = await world.submitted();
  await world.until(reviewId, 'queued');
  await world.command(reviewId, 'claimListing', { reviewer: 'mona' });
  return reviewId;
};

it('a reviewer gets one mail at once and one a quarter of an hour later, however many listings come', async () => {
  const began = Date.now();
  for (let count = 0; count < 6; count += 1) await notified();
  const rows = await ordered('reviewsWaiting');
  const toFirst = rows.filter(({ mail }) => mail!.to === 'r1@partner.example');
  expect(rows).toHaveLength(2 * toFirst.length);
  expect(toFirst).toHaveLength(2);
  const [first, second] = toFirst.map(({ dueAt }) => dueAt.getTime());
  expect(first! - began).toBeLessThan(60_000);
  expect(second! - first!).toBe(NOTICE_INTERVAL_MS);
  // A mail that is due later is no lag of the outbox, which is measured from the creation of its rows.
  expect(toFirst[1]!.createdAt).toEqual(toFirst[1]!.dueAt);
  // Each mail counts what waits when it is sent.
  expect((await load(toFirst[0]!))!.facts).toMatchObject({ count: 6, isForOperator: false });
  await world.database.models.listingReviews.updateMany({}, { $set: { state: 'cancelled', endedAt: new Date() } });
  expect(await load(toFirst[1]!)).toBeNull();
});

it('of many submissions at once a reviewer gets one mail in a quarter of an hour', async () => {
  const { listingReviews, reviewNotices } = world.database.models;
  const submitOne = async (): Promise<string> => (await world.submitted()).reviewId;
  // The first one makes the category.
  const first = await submitOne();
  const others = await inBatches(Array.from({ length: SUBMISSIONS - 1 }), submitOne, { size: 20 });
  // Each review records that it was announced, whether or not that ordered a mail.
  const announced = { _id: { $in: [first, ...others].map((id) => `${id}/reviewsWaiting`) } };
  const isOver = async () => (await reviewNotices.countDocuments(announced)) === SUBMISSIONS;
  await waitFor(isOver, { what: 'every review to be announced' });
  expect(await listingReviews.countDocuments({ state: 'queued' })).toBe(SUBMISSIONS);
  const rows = await ordered('reviewsWaiting');
  for (const reviewer of ['r1@partner.example', 'r2@partner.example']) {
    const dueAt = rows.filter(({ mail }) => mail!.to === reviewer).map((row) => row.dueAt.getTime());
    expect(dueAt).toHaveLength(2);
    expect(dueAt[1]! - dueAt[0]!).toBe(NOTICE_INTERVAL_MS);
  }
  expect((await load(rows[0]!))!.facts).toMatchObject({ count: SUBMISSIONS });
}, 300_000);

it.each(['reviewers', 'deputies'] as const)('a repeated notice for the %s orders no other mail', async (audience) => {
  const { database, tenantId } = world;
  const reviewId = await notified();
  const notify = () =>
    notifyReviewers({ database, tenantId, reviewId, audience, operatorEmail: 'operator@platform.example' });
  const template = audience === 'reviewers' ? 'reviewsWaiting' : 'reviewsOverdue';
  await notify();
  const first = await ordered(template);
  expect(first).toHaveLength(2);
  await notify();
  expect(await ordered(template)).toEqual(first);
});

it('a reviewer who is a deputy too gets one mail in a quarter of an hour, of whichever kind', async () => {
  const { database, tenantId } = world;
  const reviewId = await notified();
  await notifyReviewers({
    database,
    tenantId,
    reviewId,
    audience: 'deputies',
    operatorEmail: 'operator@platform.example',
  });
  await notified();
  const rows = await database.models.outbox.find({ 'mail.to': 'r1@partner.example' }).sort({ dueAt: 1 }).lean();
  expect(rows.map(({ mail }) => mail!.template)).toEqual(['reviewsWaiting', 'reviewsOverdue', 'reviewsWaiting']);
  const [first, second, third] = rows.map(({ dueAt }) => dueAt.getTime());
  expect([second! - first!, third! - second!]).toEqual([NOTICE_INTERVAL_MS, NOTICE_INTERVAL_MS]);
});

it('counts a review that is being checked where it takes the place of one that was announced', async () => {
  const { listingReviews } = world.database.models;
  const reviewId = await notified();
  const [row] = await ordered('reviewsWaiting');
  const check = (isAnnounced: boolean) =>
    listingReviews.updateOne({ _id: reviewId }, { $set: { state: 'checking', isAnnounced } });
  await check(false);
  expect(await load(row!)).toBeNull();
  await check(true);
  expect((await load(row!))!.facts).toMatchObject({ count: 1 });
});

const newOwner = () =>
  acceptOnboarding({ database: world.database, tenantId: world.tenantId, requiresApproval: false });
const setListings = (listings: object) =>
  world.database.models.partners.updateOne({ _id: world.partnerId }, { $set: { listings } });

it('the owner of a listing that the checks rejected reads which rules they were', async () => {
  await setListings({ rules: { link: 'block' } });
  const { onboarding } = await newOwner();
  const content = { ...bike, description: `${bike.description} More on www.bikes-of-mine.example/all` };
  const { reviewId } = await world.submitted({ policy: 'flagged', content, ownerUserId: onboarding.userId });
  await world.until(reviewId, 'rejected');
  const [row] = await ordered('listingRejection');
  expect((await load(row!))!.facts).toMatchObject({
    reason: 'contact_details',
    comment: null,
    fields: [],
    rules: ['link'],
  });
});

it('the owner of a listing on which nobody decided reads that', async () => {
  await setListings({ onSilence: 'reject', rules: {} });
  const { onboarding } = await newOwner();
  const { reviewId } = await world.submitted({ ownerUserId: onboarding.userId });
  await world.until(reviewId, 'queued');
  await world.advance(reviewId, 73 * 3_600_000);
  await world.until(reviewId, 'rejected');
  const [row] = await ordered('listingRejection');
  expect((await load(row!))!.facts).toMatchObject({ reason: 'silence', fields: [], rules: [] });
});

it('the owner of a live listing reads what buyers see, unless it is withdrawn', async () => {
  const { onboarding } = await newOwner();
  const { listingId, reviewId } = await world.submitted({ policy: 'never', ownerUserId: onboarding.userId });
  await world.until(reviewId, 'approved');
  await setListings({ review: 'always' });
  await world.database.models.listingCategories.updateMany({}, { $set: { review: 'always' } });
  await world.edit(listingId, { title: 'Red city bicycle with basket' });
  const again = await world.submit(listingId);
  await world.until(again, 'queued');
  await world.command(again, 'rejectListing', { reviewer: 'mona', reason: 'quality' });
  const [row] = await ordered('listingRejection');
  expect((await load(row!))!.facts).toMatchObject({ isLive: true });
  await world.move(listingId, 'withdraw');
  expect((await load(row!))!.facts).toMatchObject({ isLive: false });
});

it('the owner reads why a listing was rejected, and nothing once a newer revision is approved', async () => {
  const { onboarding } = await newOwner();
  const { listingId, reviewId } = await world.submitted({ ownerUserId: onboarding.userId });
  await world.until(reviewId, 'queued');
  const fields = [{ pointer: '/title', comment: 'Too long' }];
  const rejection = { reviewer: 'mona', reason: 'quality', comment: 'Say where it is', fields };
  await world.command(reviewId, 'rejectListing', rejection);
  const [row, ...others] = await ordered('listingRejection');
  expect(others).toEqual([]);
  expect(row).toMatchObject({ entityId: listingId, mail: { to: null, audience: 'person' } });
  expect(await load(row!)).toMatchObject({
    to: onboarding.email,
    facts: { reason: 'quality', comment: 'Say where it is', fields, rules: [], isLive: false },
  });
  const again = await world.submit(listingId);
  await world.until(again, 'queued');
  await world.command(again, 'approveListing', { reviewer: 'mona' });
  expect(await load(row!)).toBeNull();
});

it('an owner gets one mail for all listings that are approved within ten minutes', async () => {
  const { onboarding } = await newOwner();
  const approve = async (title: string) => {
    const content = { ...bike, title };
    const { reviewId } = await world.submitted({ policy: 'never', content, ownerUserId: onboarding.userId });
    await world.until(reviewId, 'approved');
  };
  const began = Date.now();
  await approve('A red bicycle');
  await Promise.all(Array.from({ length: APPROVALS }, (_, index) => approve(`A blue bicycle, number ${index}`)));
  const [row, ...others] = await ordered('listingsApproved');
  expect(others).toEqual([]);
  expect(row!.dueAt.getTime()).toBeGreaterThanOrEqual(began + APPROVALS_WAIT_MS);
  const loaded = await load(row!);
  expect(loaded).toMatchObject({ to: onboarding.email, facts: { count: APPROVALS + 1 } });
  expect((loaded!.facts as { listings?: object[] }).listings).toHaveLength(10);
  await world.database.models.listings.updateMany({ 'live.title': /blue/ }, { $set: { approvalMail: null } });
  expect((await load(row!))!.facts).toMatchObject({ count: 1, listings: [{ title: 'A red bicycle' }] });
  // The next approval after the mail was due orders another one.
  await world.database.models.reviewNotices.updateMany({}, { $set: { dueAt: new Date(began) } });
  await approve('A green bicycle');
  expect(await ordered('listingsApproved')).toHaveLength(2);
});

it('without reviewers, and for overdue reviews of live tenants, the operator is notified', async () => {
  await world.database.models.partners.updateOne({ _id: world.partnerId }, { $set: { reviewers: [] } });
  await notified();
  const rows = await ordered('reviewsWaiting');
  expect(rows.map(({ mail }) => [mail!.audience, mail!.to])).toEqual([['operator', 'operator@platform.example']]);
  expect((await load(rows[0]!))!.facts).toMatchObject({ isForOperator: true });
});
