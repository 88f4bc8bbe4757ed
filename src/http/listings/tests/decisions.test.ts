import { randomUUID } from 'node:crypto';
import { DomainError } from '../../../domain/domain-error';
import { golf } from '../../../testing/contract/seed-listing';
import { endChecks, seedReview } from '../../../testing/contract/seed-review';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import type { SendReviewCommandInput } from '../../../temporal/commands/listings/review-commands';

const reviewer = 'moderator-3';
const at = '2026-11-21T09:00:00.000Z';

let api: TestApi;
let key: string;
let sent: SendReviewCommandInput[];
/** Stands for the run of each review. */
let run: (input: SendReviewCommandInput) => Promise<{ state: string; at: string }>;
beforeAll(async () => {
  api = await startTestApi({
    sendReviewCommand: (async (input: SendReviewCommandInput) => {
      sent.push(input);
      return run(input);
    }) as never,
  });
});
beforeEach(async () => {
  ({ key } = await api.newTenant());
  sent = [];
  run = async ({ command }) => ({ state: command === 'approveListing' ? 'approved' : 'rejected', at });
});
afterAll(() => api.stop());

const decide = async (items: unknown[], idempotencyKey: string = randomUUID()) =>
  expectContract(
    await api
      .call('post', '/listing-reviews/decisions', key)
      .set('Idempotency-Key', idempotencyKey)
      .send({ reviewer, items }),
  );
/** Submits further listings; their reviews wait for a person. Returns the ids of the listings. */
const queued = async (count: number) => {
  const { listingId, reviewId } = await seedReview({ api, key });
  const found = [{ listingId, reviewId }];
  while (found.length < count) {
    const { body } = await api.call('post', '/listings', key).send(golf);
    const submitted = await api.call('post', `/listings/${body.id}/submit`, key).send({});
    await endChecks({ api, reviewId: submitted.body.review.id });
    found.push({ listingId: body.id, reviewId: submitted.body.review.id });
  }
  return found;
};
const approve = (listingId: string, changes: object = {}) => ({
  listingId,
  decision: 'approve',
  revision: 1,
  ...changes,
});
const reject = (listingId: string, changes: object = {}) => ({
  ...approve(listingId, { decision: 'reject', reason: 'quality', comment: 'Which model is it?' }),
  ...changes,
});

it('carries out each decision, and explains each that is refused by its place', async () => {
  const [one, two, three, four] = await queued(4);
  await api.database.models.listingReviews.updateOne({ _id: three!.reviewId }, { $set: { authors: [reviewer] } });
  const items = [
    approve(one!.listingId, { comment: 'A fine car' }),
    reject(two!.listingId),
    approve(three!.listingId),
    approve(four!.listingId, { revision: 2 }),
    approve('lst_01m7y3ad3af6e964zt6px52w8e'),
    reject(four!.listingId, { reason: undefined }),
    { listingId: four!.listingId, decision: 'perhaps', revision: 1 },
    'no object',
  ];
  const { status, body } = await decide(items);
  expect(status).toBe(200);
  expect(body.counts).toEqual({ approved: 1, rejected: 1, refused: 6, pending: 0 });
  const refused = (index: number, code: string, pointer?: string) => ({
    index,
    outcome: 'refused',
    problem: { code, ...(pointer === undefined ? {} : { errors: [{ pointer }] }) },
  });
  expect(body.items).toMatchObject([
    { index: 0, outcome: 'approved', id: one!.reviewId, at },
    { index: 1, outcome: 'rejected', id: two!.reviewId, at },
    refused(2, 'REVIEWER_IS_AUTHOR'),
    refused(3, 'REVISION_CHANGED', '/revision'),
    refused(4, 'NOT_FOUND'),
    refused(5, 'INVALID_REQUEST', '/reason'),
    refused(6, 'INVALID_REQUEST', '/decision'),
    refused(7, 'INVALID_REQUEST', ''),
  ]);
  const commandOf = new Map(sent.map(({ command, reviewId }) => [reviewId, command]));
  expect([...commandOf].length).toBe(sent.length);
  expect(commandOf).toEqual(
    new Map([
      [one!.reviewId, 'approveListing'],
      [two!.reviewId, 'rejectListing'],
    ]),
  );
  const { commandPayloads } = api.database.models;
  const payloads = await commandPayloads.find({ entityId: { $in: [one!.reviewId, two!.reviewId] } }).lean();
  expect(payloads.map(({ payload }) => payload)).toEqual(
    expect.arrayContaining([
      { reviewer, comment: 'A fine car' },
      { reviewer, reason: 'quality', comment: 'Which model is it?' },
    ]),
  );
});

describe('a decision whose outcome is not known', () => {
  const pendingFor = (reviewIds: readonly string[], times = Number.POSITIVE_INFINITY) => {
    const answer = run;
    let left = times;
    run = async (input) => {
      if (!reviewIds.includes(input.reviewId) || left <= 0) return answer(input);
      left -= 1;
      throw new DomainError('OUTCOME_PENDING', 'Not known yet', { retryAfterSeconds: 1 });
    };
    return () => (run = answer);
  };

  it('is asked for again before the response', async () => {
    const found = await queued(3);
    pendingFor([found[1]!.reviewId], 1);
    const { body } = await decide(found.map(({ listingId }) => approve(listingId)));
    expect(body.counts).toEqual({ approved: 3, rejected: 0, refused: 0, pending: 0 });
    const ofSecond = sent.filter(({ reviewId }) => reviewId === found[1]!.reviewId);
    expect([ofSecond.length, new Set(ofSecond.map(({ commandId }) => commandId)).size]).toEqual([2, 1]);
  });

  it('is pending beside the others, and a repeat finishes it under its own command', async () => {
    const found = await queued(12);
    const items = found.map(({ listingId }) => approve(listingId));
    const idempotencyKey = randomUUID();
    const answered = pendingFor([found[3]!.reviewId]);
    const first = await decide(items, idempotencyKey);
    expect([first.status, first.body.counts]).toEqual([200, { approved: 11, rejected: 0, refused: 0, pending: 1 }]);
    expect(first.body.items[3]).toMatchObject({ index: 3, outcome: 'pending', problem: { code: 'OUTCOME_PENDING' } });
    const commands = new Set(sent.map(({ commandId }) => commandId));
    expect(commands.size).toBe(12);
    answered();
    sent = [];
    const { body } = await decide(items, idempotencyKey);
    expect(body.counts).toEqual({ approved: 12, rejected: 0, refused: 0, pending: 0 });
    expect(new Set(sent.map(({ commandId }) => commandId))).toEqual(commands);
    sent = [];
    const again = await decide(items, idempotencyKey);
    expect([again.headers['idempotent-replayed'], again.body, sent]).toEqual(['true', body, []]);
  });

  it('is a problem of the whole request where none is known', async () => {
    const [one] = await queued(1);
    pendingFor([one!.reviewId]);
    const items = [approve(one!.listingId)];
    expect((await decide(items)).body).toMatchObject({ status: 503, code: 'OUTCOME_PENDING' });
  });

  it('lets no later decision about its listing pass', async () => {
    const [one, two] = await queued(2);
    pendingFor([one!.reviewId]);
    const { body } = await decide([approve(one!.listingId), reject(one!.listingId), approve(two!.listingId)]);
    expect(body.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['pending', 'pending', 'approved']);
    expect(sent.some(({ command }) => command === 'rejectListing')).toBe(false);
  });
});

it('decisions about one listing are taken in their order: the first wins, and the others are told', async () => {
  const found = await queued(3);
  run = async ({ tenantId, reviewId, command }) => {
    const state = command === 'approveListing' ? 'approved' : 'rejected';
    const { listingReviews, listings } = api.database.models;
    await listingReviews.updateOne({ _id: reviewId, tenantId }, { $set: { state } });
    await listings.updateOne({ tenantId, reviewId }, { $set: { reviewId: null } });
    return { state, at };
  };
  const items = found.flatMap(({ listingId }) => [approve(listingId), reject(listingId), approve(listingId)]);
  const { body } = await decide(items);
  expect(body.counts).toEqual({ approved: 3, rejected: 0, refused: 6, pending: 0 });
  const told = { outcome: 'refused', problem: { code: 'REVIEW_NOT_OPEN' } };
  expect(body.items).toMatchObject([1, 2, 3].flatMap(() => [{ outcome: 'approved' }, told, told]));
  expect(sent.map(({ command }) => command)).toEqual(Array(3).fill('approveListing'));
});

it.each([
  [{ decision: 'perhaps' }, '/decision', 'must be one of approve, reject'],
  [{ decision: 'perhaps', revision: 'x', more: 1 }, '/decision', 'must be one of approve, reject'],
  [{ decision: undefined }, '/decision', expect.stringMatching(/required|missing|must/)],
])('what is no decision, like %j, is told what is one, and nothing else', async (changes, pointer, detail) => {
  const { body } = await decide([approve('lst_01m7y3ad3af6e964zt6px52w8e', changes)]);
  expect(body.items[0].problem.errors).toEqual([{ pointer, rule: expect.any(String), detail }]);
});

it('takes 1 to 100 decisions', async () => {
  expect((await decide([])).body).toMatchObject({ status: 422, errors: [{ pointer: '/items' }] });
  const many = Array.from({ length: 101 }, () => approve('lst_01m7y3ad3af6e964zt6px52w8e'));
  expect((await decide(many)).body).toMatchObject({ status: 422, errors: [{ pointer: '/items', rule: 'maxItems' }] });
  expect((await decide(many.slice(1))).body.counts).toEqual({ approved: 0, rejected: 0, refused: 100, pending: 0 });
});
