import { servingIndex, type Index } from '../../../scripts/checks/queries/judge-query';
import type { SentQuery } from '../../../scripts/checks/queries/sent-query';
import { lists, pathOfList, requestsOf, type ListRequest } from '../../testing/contract/list-requests';
import { openListWorld, type ListWorld } from '../../testing/contract/list-world';

/**
 * The filters that no index serves together with another one, by list, and the filter that bounds them: its value
 * belongs to a few documents, all of which are read. Where either of two would do, it is the one whose index comes
 * first. Every other filter and pair of filters has an index of its own.
 */
const boundedBy: Record<string, string> = {
  'listUsers status+email': 'email',
  'listOnboardings state+userId': 'userId',
  'listOnboardings state+email': 'email',
  'listOnboardings userId+email': 'email',
  'listPayments state+customerId': 'customerId',
  'listPayments state+orderRef': 'orderRef',
  'listPayments customerId+orderRef': 'customerId',
  'listSubscriptions state+customerId': 'customerId',
  'listSubscriptions state+userId': 'userId',
  'listSubscriptions customerId+userId': 'customerId',
  'listSubscriptions customerId+planId': 'customerId',
  'listSubscriptions userId+planId': 'userId',
  'listInvoices state': 'subscriptionId',
  'listListings state+ownerRef': 'ownerRef',
  'listListings state+ownerUserId': 'ownerUserId',
  'listListings state+ref': 'ref',
  'listListings category+ownerRef': 'ownerRef',
  'listListings category+ownerUserId': 'ownerUserId',
  'listListings category+ref': 'ref',
  'listListings ownerRef+ownerUserId': 'ownerUserId',
  'listListings ownerRef+ref': 'ref',
  'listListings ownerUserId+ref': 'ref',
  'listListings ref+updatedAfter': 'ref',
  'listListings ref+expiresBefore': 'ref',
  'listListingReviews state+claimedBy': 'claimedBy',
  'listListingReviews claimedBy+category': 'claimedBy',
  'listListingReviews claimedBy+overdue': 'claimedBy',
  'listSandboxMails to+template': 'to',
  'listSandboxMails to+state': 'to',
  'listSandboxMails to+entityId': 'to',
  'listSandboxMails template+entityId': 'entityId',
  'listSandboxMails state+entityId': 'entityId',
};

/** The fields of the filters that bound others, where their names differ. */
const fieldOf: Record<string, string> = {
  email: 'emailKey',
  to: 'toKey',
  ownerRef: 'ownerKey',
  ownerUserId: 'ownerKey',
  ref: 'refKey',
};

let world: ListWorld;
beforeAll(async () => {
  world = await openListWorld();
});
afterAll(() => world?.stop());

const nameOf = ({ operation, filters }: ListRequest): string => `${operation.id} ${filters.join('+')}`.trim();
const requests = lists.flatMap(requestsOf);

/** Returns the fault of a page's query; null where an index, or the filter that the table names, serves it. */
function faultOf(request: ListRequest, query: SentQuery, indexes: readonly Index[]): string | null {
  const serving = servingIndex(query, indexes);
  const name = nameOf(request);
  if (!serving) return `${name}: no index has the order of the list`;
  const { index, bounds, left } = serving;
  const bound = boundedBy[name];
  if (bound === undefined) return left.length === 0 ? null : `${name}: ${index} leaves ${left.join(', ')}`;
  if (left.length === 0) return `${name}: ${index} serves all of it, so the table need not name ${bound}`;
  return bounds.includes(fieldOf[bound] ?? bound) ? null : `${name}: ${index} is not bounded by ${bound}`;
}

it('every filter of every list, and every pair of them, has an index, or is bounded as the table says', async () => {
  const faults: (string | null)[] = [];
  for (const request of requests)
    for (const key of world.keysFor(request.operation)) {
      const { queries } = await world.read(pathOfList(request, world.ids), key);
      expect(queries).toHaveLength(1);
      faults.push(faultOf(request, queries[0]!, world.indexes));
    }
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
  const names = requests.map(nameOf);
  expect(Object.keys(boundedBy).filter((name) => !names.includes(name))).toEqual([]);
});

const DOCUMENTS = 20_000;
/** The documents that one value of a selective filter has, or that belong to the entity in a path. */
const FEW = 61;

/** Returns a fault in the work for a page; null where the server read hardly more than it returned. */
function excessOf(request: ListRequest, { returned, keys, documents }: Awaited<ReturnType<ListWorld['measure']>>) {
  const isBounded = boundedBy[nameOf(request)] !== undefined;
  const most = isBounded ? FEW : 1.05 * returned;
  if (documents <= most && keys <= most + 5) return null;
  return `${nameOf(request)}: ${documents} documents and ${keys} keys examined for ${returned} returned`;
}

it('a page of any list reads at most 1.05 documents for each that it returns, of 20,000', async () => {
  const reason = await world.reasonNotToMeasure();
  if (reason !== null) {
    process.stderr.write(`Skipped: the documents that MongoDB examines for a page of 20,000 (${reason})\n`);
    return;
  }
  await world.fill(DOCUMENTS);
  const excesses: (string | null)[] = [];
  for (const request of requests)
    for (const key of world.keysFor(request.operation)) {
      const { commands, body } = await world.read(pathOfList(request, world.ids), key);
      if (request.filters.length < 2 && body.items.length === 0) excesses.push(`${nameOf(request)}: no items`);
      for (const command of commands) excesses.push(excessOf(request, await world.measure(command)));
    }
  expect(excesses.filter((excess) => excess !== null)).toEqual([]);
}, 600_000);
