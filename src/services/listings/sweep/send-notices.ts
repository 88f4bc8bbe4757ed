import type { ClientSession } from 'mongoose';
import type { NoticedPage } from '../../../contracts/listings/expiration';
import { byWorkflow } from '../../../domain/actor';
import { COLLECTED_SETTLE_MS, NOTICES_WAIT_MS } from '../../../domain/listings/collected-mails';
import { dueNoticeOf, type SentNotice } from '../../../domain/listings/expiry/notices';
import type { Listing } from '../../../models/listings/listing';
import { createClock } from '../../clock';
import { orderNotices, type NoticeOrder } from '../reviews/order-notice';
import { findListingSettings, type PartnerListingSettings } from '../partner-settings';
import { countForOperation } from './count-for-operation';
import { readDuePage, type SweepPageInput } from './due-listings';
import { sweepBatches } from './sweep-batches';
import { writeTogether, type ListingChange } from './write-together';

/**
 * Sends the notices of one page of the listings for which one is due, plans the next of each, and returns the place
 * from which to continue. A repeat finds nothing left of what was done before, so each notice is sent once. A reminder
 * is an event, and a mail to an owner who is one of our users; the end has its own event, so its notice is the mail.
 * All listings of an owner whose notices of a kind are due together are in one mail, which each of them names.
 */
export async function sendDueNotices(input: SweepPageInput): Promise<NoticedPage> {
  const { database } = input;
  const { ids, next } = await readDuePage('nextNoticeAt', input);
  const terms = createTermsOfTenants(input);
  const sent = await sweepBatches({
    database,
    due: 'nextNoticeAt',
    ids,
    sweep: (session, batch) => sendBatch({ ...input, session, ids: batch, terms }),
  });
  const sumOf = (kind: 'reminded' | 'ended') => sent.reduce((sum, counts) => sum + counts[kind], 0);
  return { reminded: sumOf('reminded'), ended: sumOf('ended'), next };
}

/** The settings of a tenant's partner, and the tenant's time. */
interface Terms {
  settings: PartnerListingSettings;
  at: Date;
}

/**
 * Returns a function that looks up the terms of a tenant once. A sweep of all tenants names real time, from which the
 * clock of a sandbox may differ; the sweep of one tenant names the tenant's own.
 */
function createTermsOfTenants({ database, tenantId: swept, at }: SweepPageInput): (tenantId: string) => Promise<Terms> {
  const clock = createClock({ database });
  const known = new Map<string, Promise<Terms>>();
  const find = async (tenantId: string): Promise<Terms> => {
    const settings = await findListingSettings({ database, tenantId });
    const aheadMs = swept === null ? await clock.offsetMs(tenantId) : 0;
    return { settings, at: new Date(at.getTime() + aheadMs) };
  };
  return (tenantId) => {
    const terms = known.get(tenantId) ?? find(tenantId);
    known.set(tenantId, terms);
    return terms;
  };
}

interface SendBatchInput extends SweepPageInput {
  session: ClientSession;
  ids: readonly string[];
  terms: (tenantId: string) => Promise<Terms>;
}

async function sendBatch(input: SendBatchInput): Promise<{ reminded: number; ended: number }> {
  const { database, session, ids, at, terms } = input;
  const { listings } = database.models;
  const found = await listings
    .find({ _id: { $in: [...ids] } })
    .session(session)
    .lean();
  const due = found.filter(({ nextNoticeAt }) => nextNoticeAt !== null && nextNoticeAt <= at);
  const changes = await Promise.all(due.map(async (listing) => noticed(listing, await terms(listing.tenantId))));
  if (changes.length === 0) return { reminded: 0, ended: 0 };
  const mails = await orderMails(input, changes);
  await listings.bulkWrite(
    changes.map(({ listing: { _id }, sent: { notice, next }, event }) => ({
      updateOne: {
        filter: { _id },
        update: {
          $set: {
            nextNoticeAt: next,
            ...(notice?.kind === 'reminder' ? { remindedDays: notice.daysLeft } : {}),
            ...(notice ? { noticeMail: mails.get(_id) ?? null } : {}),
          },
          ...(event ? { $inc: { version: 1 }, $max: { updatedAt: event.at } } : {}),
        },
      },
    })),
    { session },
  );
  await writeTogether({ database, session, changes });
  const count = (kind: string) => changes.filter(({ sent }) => sent.notice?.kind === kind).length;
  const counts = { reminded: count('reminder'), ended: count('end') };
  await countForOperation({ ...input, counts });
  return counts;
}

interface NoticedListing extends ListingChange {
  listing: Listing;
  sent: SentNotice;
}

/** Orders the mails to the owners who are users of ours. Returns the key of the mail that names each listing. */
async function orderMails(
  { database, session }: SendBatchInput,
  changes: readonly NoticedListing[],
): Promise<Map<string, string>> {
  const orders = changes.flatMap(({ listing, sent: { notice } }): NoticeOrder[] => {
    const { _id: entityId, tenantId, correlationId, ownerUserId } = listing;
    if (!notice || ownerUserId === null) return [];
    const template = notice.kind === 'end' ? 'listingEnd' : 'listingReminder';
    return [
      {
        about: { tenantId, entityType: 'listing', entityId, correlationId },
        recipient: ownerUserId,
        mail: { template, audience: 'person', to: null, data: { ownerUserId } },
      },
    ];
  });
  const times = { waitMs: NOTICES_WAIT_MS, intervalMs: 0, settleMs: COLLECTED_SETTLE_MS };
  const keys = await orderNotices({ database, session, orders, ...times });
  return new Map(orders.map(({ about: { entityId } }, index) => [entityId, keys[index]!]));
}

/** Returns the notice of a listing and its event. Only a listing that is live or expired has one planned. */
function noticed(listing: Listing, { settings, at }: Terms): NoticedListing {
  const { remindedDays, nextNoticeAt, updatedAt, state, version } = listing;
  const end = { lastDay: listing.lastDay!, expiresAt: listing.expiresAt! };
  // Nobody is reminded of an end that has come, whichever machine's clock says so.
  const now = state === 'expired' && at < end.expiresAt ? end.expiresAt : at;
  const sent = dueNoticeOf({ settings, at: now, ...end, since: listing.endSetAt!, remindedDays });
  const { notice } = sent;
  if (notice?.kind !== 'reminder') return { listing, sent, event: null };
  return {
    listing,
    sent,
    event: {
      // The same notice may be planned twice, and a listing leaves each version once.
      step: `remind/${version}/${nextNoticeAt!.toISOString()}`,
      type: 'listing.reminded',
      state,
      at: updatedAt > at ? updatedAt : at,
      by: byWorkflow,
      data: { ...end, expiresAt: end.expiresAt.toISOString(), daysLeft: notice.daysLeft },
    },
  };
}
