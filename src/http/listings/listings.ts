import type { ClientSession } from 'mongoose';
import type { EgressPolicy } from '../../domain/egress/egress-policy';
import type { SentImages } from '../../domain/listings/content';
import { requireImageUrls } from '../../domain/listings/images';
import { isShownAt } from '../../domain/listings/listing';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import type { Clock } from '../../services/clock';
import { acceptListing } from '../../services/listings/accept-listing';
import { changeListing } from '../../services/listings/change-listing';
import { checkContent } from '../../services/listings/check-content';
import { deleteListing } from '../../services/listings/delete-listing';
import { explainTakenRef, isTakenRef } from '../../services/listings/taken-ref';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import { actorOf } from '../actor-of';
import { notFound, type Handlers } from '../handler';
import { changeInTransaction } from '../replies/change-in-transaction';
import { etagOf, rejectUnlessMatching, replyWithContentTag, replyWithTag } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import type { ListPage } from '../replies/list';
import { listEvents } from '../replies/list-events';
import type { Turns } from '../replies/turns';
import { findCalledListing, type ListingCall } from './find-listing';
import { presentCheck } from './present-check';
import { listRevisions } from './list-revisions';
import { isBuyer, presentFoundListing } from './present-found-listing';
import { presentFollowedListing, presentListing } from './present-listing';
import { selectionOf } from './select-listings';
import { listingVersionAt } from './shown-version';

export interface ListingHandlersInput {
  database: Database;
  idempotency: Idempotency;
  clock: Clock;
  turns: Turns;
  listPage: ListPage;
  basePath: string;
  /** The rules about the URLs of images. */
  egressPolicy: EgressPolicy;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type ListingOperations =
  | 'createListing'
  | 'checkListing'
  | 'listListings'
  | 'getListing'
  | 'updateListing'
  | 'deleteListing'
  | 'listListingEvents'
  | 'listListingRevisions';

/** Creates, reads, changes and deletes listings, which belong to no process. */
export function listingHandlers(input: ListingHandlersInput): Handlers<ListingOperations> {
  const { database, idempotency, clock, turns, listPage, basePath, egressPolicy: policy, startSoon } = input;
  const { listings } = database.models;

  const requireImages = (tenantId: string, { images = [] }: SentImages): void =>
    requireImageUrls({ images, mode: tenantOf(tenantId).mode, policy });

  const find = (call: ListingCall, session?: ClientSession) => findCalledListing({ database, call, session });

  return {
    createListing(call) {
      const { tenantId, caller, correlationId, body } = call;
      const { ownerUserId = null, ownerRef = null, ref = null, durationDays = null, lastDay = null, ...content } = body;
      return idempotency.acceptOnce({
        call,
        async write(session, _commandId, at) {
          requireImages(tenantId, content);
          const listing = await acceptListing({
            database,
            session,
            tenantId,
            content,
            ownerUserId,
            ownerRef,
            ref,
            durationDays,
            lastDay,
            correlationId,
            by: actorOf(caller),
            at,
          });
          return {
            status: 201,
            headers: { Location: `${basePath}/listings/${listing._id}`, ETag: etagOf(listing.version) },
            body: presentListing(listing, at),
          };
        },
        explain: async (error) =>
          ref !== null && isTakenRef(error) ? explainTakenRef({ database, tenantId, ref }) : error,
      });
    },

    async checkListing({ tenantId, body }) {
      const { ownerUserId = null, ownerRef = null, listingId = null, ...content } = body;
      requireImages(tenantId, content);
      const owner = { ownerUserId, ownerRef };
      return { status: 200, body: presentCheck(await checkContent({ database, tenantId, content, owner, listingId })) };
    },

    async listListings(call) {
      const at = await clock.now(call.tenantId);
      const present = call.query.updatedAfter === undefined ? presentListing : presentFollowedListing;
      return listPage({
        call,
        model: listings,
        ...selectionOf(call, at),
        present: (items: Listing[]) => items.map((listing) => present(listing, at)),
      });
    },

    async getListing(call) {
      const listing = await find(call);
      const at = await clock.now(call.tenantId);
      if (!isBuyer(call.caller))
        return replyWithTag({ version: listingVersionAt(listing, at), body: presentListing(listing, at) });
      if (!isShownAt(listing, at)) throw notFound('listing');
      return replyWithContentTag(presentFoundListing(listing));
    },

    async updateListing(call) {
      const { reply, row } = await changeInTransaction({
        database,
        turns,
        contended: call.params.listingId,
        call,
        async change(session, at) {
          const before = await find(call, session);
          rejectUnlessMatching({ call, version: before.version });
          const { durationDays, lastDay, ...content } = call.body;
          requireImages(call.tenantId, content);
          const changed = await changeListing({
            database,
            session,
            listing: before,
            content,
            duration: { durationDays, lastDay },
            correlationId: call.correlationId,
            by: actorOf(call.caller),
            at,
            startDelayMs: OWN_SEND_MS,
          });
          const version = listingVersionAt(changed.listing, at);
          return { reply: replyWithTag({ version, body: presentListing(changed.listing, at) }), row: changed.row };
        },
      });
      if (row) startSoon(row);
      return reply;
    },

    deleteListing: (call) =>
      changeInTransaction({
        database,
        turns,
        contended: call.params.listingId,
        call,
        async change(session, at) {
          const listing = await find(call, session);
          rejectUnlessMatching({ call, version: listing.version });
          await deleteListing({ database, session, listing, by: actorOf(call.caller), at });
          return { status: 204, body: null };
        },
      }),

    async listListingEvents(call) {
      const { _id: entityId } = await find(call);
      return listEvents({ call, database, listPage, entityId, currency: null });
    },

    async listListingRevisions(call) {
      const { _id: listingId } = await find(call);
      return listRevisions({ call, database, listPage, listingId });
    },
  };
}
