import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../activities';
import { indexListings } from '../../../src/services/listings/search/index-listings';
import { searchListings } from '../../../src/services/listings/search/search-listings';
import { createFaultySteps, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { inBatches } from '../../../src/testing/in-batches';
import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { DAY, idsOf, openExpirationWorld, type ExpirationWorld } from './expiration-world';

const DUE = casesOf({ short: 500, long: 5000 });
/** Two transactions of the steps that write them. */
const PER_CELL = 150;
const modes = [
  'fails once after its effect',
  'times out after its effect',
  'is killed after any of its effects',
] as const satisfies Mode[];
const steps = [
  'beginExpiration',
  'getListingStatus',
  'expireListing',
  'removeFromSearchIndex',
  'remindListing',
  'finishExpiration',
];

let world: ExpirationWorld;
const faulty = createFaultySteps();
const failures = { isOn: false, attempts: new Map<string, number>() };

/** Makes every step of a sweep fail twice, before and after its effect, before it succeeds. */
const failing = (activities: Activities): Activities =>
  Object.fromEntries(
    Object.entries(activities as unknown as Record<string, (input: object) => Promise<unknown>>).map(([name, run]) => [
      name,
      async (input: object) => {
        const key = `${name} ${JSON.stringify(input)}`;
        const attempt = failures.isOn ? (failures.attempts.get(key) ?? 0) + 1 : 3;
        failures.attempts.set(key, attempt);
        if (attempt === 1) throw ApplicationFailure.retryable('Before the effect');
        const result = await run(input);
        if (attempt === 2) throw ApplicationFailure.retryable('After the effect');
        return result;
      },
    ]),
  ) as unknown as Activities;

beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld({ wrap: (activities) => failing(faulty.wrap(activities)) });
  faulty.attach(world);
});
afterAll(() => world?.close());

/** Searches all the while. Returns a function that ends that, and returns the listings that were found. */
function searching() {
  const { database, search, tenantId } = world;
  const filters = { text: null, categories: null, price: null, currency: null, attributeTerms: [], ownerRef: null };
  const deadline = { leftMs: 10_000, throwIfOver: () => undefined };
  const found = new Map<string, number>();
  const ending = new AbortController();
  const searchOnce = async () => {
    const page = { after: null, limit: 100, sort: 'newest' as const, facets: [], sharer: tenantId, deadline };
    const query = { ...filters, ...page, tenantId, at: new Date() };
    for (const { _id } of (await searchListings({ database, search, query })).listings)
      found.set(_id, (found.get(_id) ?? 0) + 1);
  };
  const running = (async () => {
    while (!ending.signal.aborted) await searchOnce();
  })();
  return async () => {
    ending.abort();
    await running;
    return found;
  };
}

it(`${DUE} that are due expire once each, although every step fails before and after its effect`, async () => {
  const due = await world.insertLive({ count: DUE, expiresAt: new Date(Date.now() - DAY) });
  const [lasting] = await world.insertLive({ expiresAt: new Date(Date.now() + 2 * DAY) });
  const listingIds = idsOf([...due, lasting!]);
  await indexListings({ ...world, listingIds });
  const endSearch = searching();
  failures.isOn = true;
  await world.sweep();
  failures.isOn = false;
  const found = await endSearch();
  expect([...found.keys()]).toEqual([lasting!._id]);
  // A searcher that is not fast enough would prove nothing.
  expect(found.get(lasting!._id)).toBeGreaterThan(5);
  expect(await world.standing(idsOf(due))).toEqual({
    states: { expired: DUE },
    planned: 0,
    events: { 'listing.expired': DUE },
    timely: DUE,
    mails: { listingEnd: 1 },
    mailed: 1,
    named: DUE,
  });
}, 300_000);

/** Sweeps a partner of its own with the given fault. Returns all that is left behind. */
async function swept(cell?: Cell) {
  const { tenantId } = await world.newPartner();
  const due = await world.insertLive({ tenantId, count: PER_CELL, expiresAt: new Date(Date.now() - DAY) });
  const operation = await world.order(tenantId, { beforeStart: (id) => cell && faulty.set(id, cell) });
  const { state, fired, hops } = operation;
  const standing = await world.standing(idsOf(due));
  return {
    id: operation._id,
    left: { ...standing, state, fired, hops, outstanding: faulty.outstanding(operation._id) },
  };
}

it('a sweep leaves the same behind, once, whichever of its steps loses its answer or its worker', async () => {
  const undisturbed = await swept();
  expect(undisturbed.left).toMatchObject({
    state: 'completed',
    events: { 'listing.expired': PER_CELL },
    timely: PER_CELL,
  });
  const cells = modes.flatMap((mode) => faulty.cells({ mode, steps, like: undisturbed.id }));
  expect(cells.length).toBeGreaterThan(14);
  const outcomes = await inBatches(
    cells,
    async (cell) => [`${cell.name} ${cell.mode}`, (await swept(cell)).left] as const,
  );
  expect(Object.fromEntries(outcomes)).toEqual(
    Object.fromEntries(cells.map((cell) => [`${cell.name} ${cell.mode}`, undisturbed.left])),
  );
}, 300_000);
