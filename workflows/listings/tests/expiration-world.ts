import { randomUUID } from 'node:crypto';
import { LISTING_EXPIRATION, listingExpirationId } from '../../../src/contracts/listings/expiration';
import { taskQueues } from '../../../src/contracts/task-queues';
import { newId } from '../../../src/domain/ids';
import { tenantOf } from '../../../src/domain/tenant';
import type { Listing } from '../../../src/models/listings/listing';
import { insertDocuments } from '../../../src/services/insert-documents';
import { acceptSweep } from '../../../src/services/listings/sweep/sweep-operation';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { watchCommands } from '../../../src/testing/servers/count-commands';
import type { BaseWorldInput } from '../../../src/testing/worlds/base-world';
import { tester } from '../../../src/testing/worlds/base-world';
import { bike, openReviewWorld } from './review-world';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export interface LiveListings extends Partial<Listing> {
  count?: number;
}

/** Opens listings that are live or were, and sweeps that run as in production. */
export async function openExpirationWorld(input: Pick<BaseWorldInput, 'wrap' | 'partner'> = {}) {
  const world = await openReviewWorld(input);
  const { database, client, starter } = world;
  const { models } = database;
  const { listings } = models;

  return {
    ...world,
    /** Writes listings that are live, by default one whose notice was due yesterday morning. Returns them. */
    async insertLive({ count = 1, tenantId = world.tenantId, ...changes }: LiveListings = {}): Promise<Listing[]> {
      const yesterday = new Date((Math.floor(Date.now() / DAY) - 1) * DAY);
      const expiresAt = changes.expiresAt ?? yesterday;
      const publishedAt = new Date(expiresAt.getTime() - 30 * DAY);
      const listing: Omit<Listing, '_id' | 'refKey'> = {
        tenantId,
        state: 'live',
        version: 3,
        chain: null,
        correlationId: 'c-1',
        createdAt: publishedAt,
        updatedAt: publishedAt,
        live: { ...bike, category: 'bikes', attributes: {}, images: [] } as never,
        draft: null,
        category: 'bikes',
        textHashes: ['hash'],
        imageHashes: [],
        revision: 1,
        contentRevision: 1,
        ownerUserId: newId('user'),
        ownerRef: null,
        ownerKey: null,
        ref: null,
        durationDays: 30,
        lastDay: new Date(expiresAt.getTime() - 1).toISOString().slice(0, 10),
        publishedAt,
        approvedAt: publishedAt,
        approvalMail: null,
        noticeMail: null,
        endSetAt: publishedAt,
        remindedDays: null,
        nextNoticeAt: new Date(expiresAt.getTime() + 9 * HOUR),
        reviewId: null,
        rejection: null,
        suspension: null,
        ...changes,
        expiresAt,
      };
      const documents = Array.from({ length: count }, () => {
        const _id = newId('listing');
        return { _id, ...listing, refKey: `id:${_id}` };
      });
      await insertDocuments({ model: listings, documents });
      return documents;
    },
    /** Starts a sweep as the schedule does. Resolves to its handle and its counts once it has ended. */
    async sweep() {
      const handle = await client.workflow.start(LISTING_EXPIRATION, {
        workflowId: `${LISTING_EXPIRATION}/schedule-${randomUUID()}`,
        taskQueue: taskQueues.listings,
        args: [{ isScheduled: true }],
      });
      return { handle, counts: await handle.result() };
    },
    /** Orders a sweep as the operator does, for one partner. Resolves to its operation once it has ended. */
    async order(tenantId: string, { dryRun = false, beforeStart = (_operationId: string): void => undefined } = {}) {
      const { partnerId } = tenantOf(tenantId);
      const order = { database, tenantId: 'operator', partnerId, dryRun, correlationId: 'c-1', by: tester };
      const { operation, row } = await database.inTransaction((session) =>
        acceptSweep({ ...order, session, at: new Date() }),
      );
      const { _id: operationId } = operation;
      beforeStart(operationId);
      await starter.start(row);
      await client.workflow.getHandle(listingExpirationId(operationId)).result();
      return models.operations.findById(operationId).lean().orFail();
    },
    /** Advances the clock of a sandbox. Returns the number of hops that it took. */
    async advance(tenantId: string, by: string): Promise<number> {
      const sent = watchCommands(database);
      const failure = await advanceHere({ world: { ...world, tenantId }, by });
      if (failure) throw new Error(failure.detail);
      // Each hop is recorded with one write of the operation, beside the claim and the end.
      return sent().filter((command) => command === 'update operations').length - 2;
    },
    /** Returns what a sweep has left behind of these listings. */
    async standing(ids: readonly string[]) {
      const _id = { $in: [...ids] };
      const found = await listings.find({ _id }).lean();
      const events = await models.events.find({ entityId: _id }).lean();
      const mails = await models.outbox.find({ entityId: _id, mail: { $ne: null } }).lean();
      const timely = events.filter(({ type, entityId, at }) => {
        const listing = found.find((one) => one._id === entityId);
        return type === 'listing.expired' && at.getTime() === listing?.expiresAt?.getTime();
      });
      return {
        states: countsOf(found.map(({ state }) => state)),
        planned: found.filter(({ nextNoticeAt }) => nextNoticeAt !== null).length,
        events: countsOf(events.map(({ type }) => type)),
        timely: new Set(timely.map(({ entityId }) => entityId)).size,
        mails: countsOf(mails.map(({ mail }) => mail!.template)),
        mailed: new Set(mails.map(({ mail }) => mail!.key)).size,
        /** The listings that a mail names. */
        named: found.filter(({ noticeMail }) => mails.some(({ mail }) => mail!.key === noticeMail)).length,
      };
    },
  };
}

const countsOf = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

export const idsOf = (listings: readonly Listing[]): string[] => listings.map(({ _id }) => _id);

export type ExpirationWorld = Awaited<ReturnType<typeof openExpirationWorld>>;
