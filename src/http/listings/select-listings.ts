import { keyOfRef, ownerKeyOf, referenceOf } from '../../domain/listings/listing';
import type { CallOf } from '../handler';
import { RequestProblem } from '../problem';
import { byId, instantOf, type ListOrder } from '../replies/list';

type ListCall = CallOf<'listListings'>;

/** Returns the listings that a list shows, and their order. `at` is the tenant's business time. */
export const selectionOf = (call: ListCall, at: Date) => ({
  filter: filterOf(call),
  current: { ...expiryAt(call.query.state, at), ...settledBefore(call.query.updatedAfter) },
  by: orderOf(call.query),
});

/**
 * Milliseconds of real time until a write that is stamped now (`touchedAt`) is committed or never will be. A request
 * commits before its deadline (1.8 s) or not at all, a step of a review or a sweep does little more after its write,
 * and a batch stamps its listings again at its end; the rest is for a slow commit, and for the clocks of several
 * machines. Changes are listed once they are as old: a younger one would be read before an older one that commits
 * later, which a partner who goes on from the younger would miss.
 */
const SETTLE_MS = 5000;

/**
 * Changes are followed by the real time of their writes, also in a sandbox. Business time does not order them: an
 * expiry is dated at its midnight and written when the sweep comes, and a step of a workflow when it was begun.
 */
const settledBefore = (updatedAfter: string | undefined): Record<string, unknown> =>
  updatedAfter === undefined ? {} : { touchedAt: { $lt: new Date(Date.now() - SETTLE_MS) } };

/** Returns the part of a filter by state that passes with time: a live listing whose time has passed is expired. */
function expiryAt(state: ListCall['query']['state'], at: Date): Record<string, unknown> {
  if (state === 'live') return { expiresAt: { $gt: at } };
  return state === 'expired' ? { expiresAt: { $lte: at } } : {};
}

function filterOf({ tenantId, query }: ListCall): Record<string, unknown> {
  const { state, category, ownerUserId, ownerRef, ref, updatedAfter, expiresBefore } = query;
  rejectTwoRanges(query);
  const owner = { ownerUserId: ownerUserId ?? null, ownerRef: ownerRef ?? null };
  return {
    tenantId,
    ...(state === undefined ? {} : { state: state === 'expired' ? { $in: ['live', 'expired'] } : state }),
    ...(category === undefined ? {} : { category }),
    ...(ownerUserId === undefined && ownerRef === undefined ? {} : { ownerKey: ownerKeyOf(owner) }),
    // No listing has both kinds of owner.
    ...(ownerRef === undefined || ownerUserId === undefined ? {} : { ownerRef: referenceOf(ownerRef) }),
    ...(ref === undefined ? {} : { refKey: keyOfRef(ref) }),
    ...(updatedAfter === undefined ? {} : { touchedAt: { $gte: instantOf('updatedAfter', updatedAfter) } }),
    ...(expiresBefore === undefined ? {} : { expiresAt: { $lt: instantOf('expiresBefore', expiresBefore) } }),
  };
}

/** Rejects two ranges, because no index narrows both. */
function rejectTwoRanges({ updatedAfter, expiresBefore }: ListCall['query']): void {
  if (updatedAfter === undefined || expiresBefore === undefined) return;
  const detail = 'cannot be combined with updatedAfter; send one of them, and compare the other in what is returned';
  throw new RequestProblem('INVALID_PARAMETER', `expiresBefore ${detail}`, {
    errors: [{ parameter: 'expiresBefore', rule: 'exclusive', detail }],
  });
}

/**
 * The order of the changes. A listing that changes while its list is read moves to the end, where it is read again, and
 * no other one moves.
 */
const byLastChange: ListOrder = {
  order: 1,
  fields: [
    { name: 'touchedAt', kind: 'date' },
    { name: '_id', kind: 'text' },
  ],
};

/** The order of a list of one listing at most, which the index of its filter has. */
const byRef: ListOrder = { order: 1, fields: [{ name: 'refKey', kind: 'text' }] };

/** The last ended first: an index finds those whose time has passed, however many are live. */
const byExpiry: ListOrder = {
  order: -1,
  fields: [
    { name: 'expiresAt', kind: 'date' },
    { name: '_id', kind: 'text' },
  ],
};

/** The earliest end first, for whoever acts before it. */
const bySoonestExpiry: ListOrder = { ...byExpiry, order: 1 };

function orderOf({ ref, updatedAfter, expiresBefore, state, ownerRef, ownerUserId }: ListCall['query']): ListOrder {
  if (ref !== undefined) return byRef;
  if (updatedAfter !== undefined) return byLastChange;
  if (expiresBefore !== undefined) return bySoonestExpiry;
  return state === 'expired' && ownerRef === undefined && ownerUserId === undefined ? byExpiry : byId(-1);
}
