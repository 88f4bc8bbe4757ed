import { randomUUID } from 'node:crypto';
import { DomainError } from '../../../domain/domain-error';
import { golf } from '../../../testing/contract/seed-listing';
import { endChecks, seedReview } from '../../../testing/contract/seed-review';
import { expectContract } from '../../../testing/expect-contract';
import { PATIENT_MS, startTestApi, type TestApi } from '../../../testing/test-api';
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
    requestDeadlineMs: PATIENT_MS,
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
  expect(body.counts).toEqual({ approved: 1, rejected: 1, refused: 6 });
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

it("a repeat finishes what was not known, under each decision's own command", async () => {
  const found = await queued(12);
  const items = found.map(({ listingId }) => approve(listingId));
  const idempotencyKey = randomUUID();
  const answer = run;
  run = async (input) => {
    if (input.reviewId === found[3]!.reviewId) throw new DomainError('OUTCOME_PENDING', 'Not known yet');
    return answer(input);
  };
  expect((await decide(items, idempotencyKey)).body).toMatchObject({ status: 503, code: 'OUTCOME_PENDING' });
  const first = sent.map(({ commandId }) => commandId).toSorted();
  expect(new Set(first).size).toBe(12);
  run = answer;
  sent = [];
  const { body } = await decide(items, idempotencyKey);
  expect(body.counts).toEqual({ approved: 12, rejected: 0, refused: 0 });
  expect(sent.map(({ commandId }) => commandId).toSorted()).toEqual(first);
  sent = [];
  const again = await decide(items, idempotencyKey);
  expect([again.headers['idempotent-replayed'], again.body, sent]).toEqual(['true', body, []]);
});

it('takes 1 to 100 decisions', async () => {
  expect((await decide([])).body).toMatchObject({ status: 422, errors: [{ pointer: '/items' }] });
  const many = Array.from({ length: 101 }, () => approve('lst_01m7y3ad3af6e964zt6px52w8e'));
  expect((await decide(many)).body).toMatchObject({ status: 422, errors: [{ pointer: '/items', rule: 'maxItems' }] });
  expect((await decide(many.slice(1))).body.counts).toEqual({ approved: 0, rejected: 0, refused: 100 });
});
