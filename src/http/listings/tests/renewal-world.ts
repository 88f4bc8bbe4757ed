import type { RejectionReason, ReviewDecision } from '../../../domain/listings/review';
import { decideReview } from '../../../services/listings/reviews/end-review';
import { cars, golf } from '../../../testing/contract/seed-listing';
import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestMethod } from '../../../testing/test-api';

const by = { kind: 'workflow', id: null } as const;

/** Opens a sandbox tenant in Berlin whose clock the test sets. Its listings are decided on as their process does it. */
export async function openRenewalWorld() {
  const api = await startTestApi({
    limits: { requestsPerMinute: 6000, maxBodyBytes: 65_536 },
  });
  const { database } = api;
  const { models } = database;
  const { key, tenantId, partnerId } = await api.newTenant();
  await api.call('put', '/listing-categories/cars', key).send(cars);

  const send = async (method: TestMethod, path: string, body?: object, headers: Record<string, string> = {}) =>
    expectContract(await api.call(method, path, key).set(headers).send(body));
  const setClock = async (instant: string, minutes = 0) => {
    const offsetMs = Date.parse(instant) + minutes * 60_000 - Date.now();
    const set = { tenantId, offsetMs, resets: 0, updatedAt: new Date() };
    await models.sandboxClocks.updateOne({ _id: tenantId }, { $set: set }, { upsert: true });
    return offsetMs;
  };
  const now = async () =>
    new Date(Date.now() + ((await models.sandboxClocks.findById(tenantId).lean())?.offsetMs ?? 0));

  const decide = async (listingId: string, decided: Pick<ReviewDecision, 'outcome' | 'reason'>): Promise<void> => {
    const { reviewId } = await models.listings.findById(listingId).lean().orFail();
    const at = (await now()).toISOString();
    await database.inTransaction(async (session) => {
      const review = await models.listingReviews.findById(reviewId).session(session).lean().orFail();
      const change = {
        tenantId,
        reviewId: review._id,
        step: decided.outcome === 'approved' ? 'approve' : 'reject',
        at,
        by,
      };
      const decision: ReviewDecision = { ...decided, reviewer: null, comment: null, fields: [] };
      await decideReview({ database, session, change, review, decision });
    });
  };

  return {
    api,
    key,
    tenantId,
    partnerId,
    send,
    setClock,
    now,
    read: async (listingId: string) => (await send('get', `/listings/${listingId}`)).body,
    command: (listingId: string, command: string, body?: object, headers?: Record<string, string>) =>
      send('post', `/listings/${listingId}/${command}`, body, headers),
    /** Returns the events of a listing, the first one first. */
    events: (listingId: string) => models.events.find({ tenantId, entityId: listingId }).sort({ version: 1 }).lean(),
    /** Approves the open review of a listing, as its process does. */
    approve: (listingId: string) => decide(listingId, { outcome: 'approved', reason: null }),
    /** Rejects the open review of a listing. */
    reject: (listingId: string, reason: RejectionReason) => decide(listingId, { outcome: 'rejected', reason }),
    /** Creates a listing and approves it. Returns its id. */
    async published(changes: object = {}): Promise<string> {
      const { body } = await send('post', '/listings', { ...golf, durationDays: 6, ...changes });
      const listingId = String(body.id);
      await send('post', `/listings/${listingId}/submit`, {});
      await this.approve(listingId);
      return listingId;
    },
  };
}

export type RenewalWorld = Awaited<ReturnType<typeof openRenewalWorld>>;
