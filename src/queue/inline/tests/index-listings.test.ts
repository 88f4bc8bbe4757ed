import { createMongoListingSearch } from '../../../clients/search/mongo-listing-search';
import { searchFor } from '../../../clients/search/tests/searchable';
import type { ListingSearch } from '../../../contracts/listings/search';
import type { Database } from '../../../models/database';
import { acceptListing } from '../../../services/listings/accept-listing';
import { changeListing } from '../../../services/listings/change-listing';
import { deleteListing } from '../../../services/listings/delete-listing';
import { moveListing, type MovingCommand } from '../../../services/listings/move-listing';
import { putCategory } from '../../../services/listings/put-category';
import { decideReview } from '../../../services/listings/reviews/end-review';
import { submitListing } from '../../../services/listings/submit-listing';
import { casesOf } from '../../../testing/long-form';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { seedPartner } from '../../../testing/worlds/seed-partner';
import { createIndexListings } from '../index-listings';

let database: Database;
let drop: () => Promise<void>;
let search: ListingSearch;
let tenantId: string;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
  search = createMongoListingSearch({ model: database.models.listingSearchEntries });
});
afterAll(() => drop());
beforeEach(async () => {
  ({ tenantId } = await seedPartner({ database }));
  const unset = { parent: null, attributes: [], price: null, durationDays: null, review: null };
  const terms = { names: { en: 'Bikes', de: 'Räder' }, ...unset };
  await database.inTransaction((session) =>
    putCategory({ database, session, tenantId, slug: 'bikes', before: null, terms, at: new Date() }),
  );
});

const by = { kind: 'api_key', id: null } as const;
const bike = { title: 'A bike', description: 'Nearly new', category: 'bikes' };
const about = { correlationId: 'corr-1', by };

const create = async (): Promise<string> => {
  const nobody = { ownerUserId: null, ownerRef: null, ref: null, durationDays: null, lastDay: null };
  const { _id } = await database.inTransaction((session) =>
    acceptListing({ database, session, tenantId, content: bike, ...nobody, ...about, at: new Date() }),
  );
  return _id;
};

let steps = 0;
type Command = 'approve' | 'price' | 'delete' | MovingCommand;
const commands: readonly Command[] = ['approve', 'price', 'delete', 'withdraw', 'republish', 'suspend', 'reinstate'];

/** Applies a command as the api and a review do; one that the listing's state refuses changes nothing. */
async function apply(listingId: string, command: Command): Promise<void> {
  const { models } = database;
  const at = new Date();
  steps += 1;
  await database
    .inTransaction(async (session) => {
      const listing = await models.listings.findById(listingId).session(session).lean().orFail();
      const common = { database, session, listing, at, ...about };
      if (command === 'approve') {
        const { row } = await submitListing({ ...common, submittedBy: null });
        const review = await models.listingReviews.findById(row.entityId).session(session).lean().orFail();
        const change = { tenantId, reviewId: review._id, step: 'approve', at: at.toISOString(), by };
        const decision = { outcome: 'approved', reviewer: null, reason: null, comment: null, fields: [] } as const;
        await decideReview({ database, session, change, review, decision: { ...decision, fields: [] } });
      } else if (command === 'price') {
        const content = { price: { amountMinor: steps, currency: 'EUR' } };
        await changeListing({ ...common, content, duration: {} });
      } else if (command === 'delete') await deleteListing(common);
      else {
        const suspension = { reviewer: 'mona', reason: 'Reported' };
        await moveListing({ ...common, command, data: {}, suspension, step: `${command}/${steps}` });
      }
    })
    .catch((error: Error) => {
      if (error.name !== 'DomainError' && error.name !== 'DocumentNotFoundError') throw error;
    });
}

const waitingRows = () => database.models.outbox.find({ open: true, pending: 'search' }).sort({ _id: 1 }).lean();

/** Expects the index to show what the database does, at the version that the database has. */
async function expectAtRest(): Promise<void> {
  const listings = await database.models.listings.find({ tenantId }).lean();
  const live = listings.filter(({ state }) => state === 'live');
  const { hits } = await search.query(searchFor(tenantId, { currency: 'EUR', sort: 'price', at: new Date() }));
  const found = hits.map(({ listingId, position: [price] }) => `${listingId} ${price}`);
  expect(found.sort()).toEqual(
    live.map(({ _id, live: content }) => `${_id} ${content?.price?.amountMinor ?? null}`).sort(),
  );
  const published = listings.filter((listing) => listing.live !== null);
  const versions = await search.versionsOf(published.map(({ _id }) => _id));
  const known = versions.map(({ listingId, version, isShown }) => `${listingId} ${version} ${isShown}`);
  expect(known.sort()).toEqual(
    published.map(({ _id, version, state }) => `${_id} ${version} ${state === 'live'}`).sort(),
  );
}

it('follows a listing from its publication to its deletion', async () => {
  const index = createIndexListings({ database, search });
  const [listingId, draft] = [await create(), await create()];
  for (const command of ['approve', 'price', 'withdraw', 'republish', 'suspend', 'reinstate'] as const) {
    await apply(listingId, command);
    const rows = await waitingRows();
    expect(rows.length).toBeGreaterThan(0);
    await index(rows);
    expect(await waitingRows()).toEqual([]);
    await expectAtRest();
  }
  await apply(draft, 'delete');
  await index(await waitingRows());
  expect(await search.versionsOf([draft])).toMatchObject([{ listingId: draft, isShown: false }]);
  await expectAtRest();
});

/** Returns some of the items, in any order; `random` returns numbers below 1. */
const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => [random(), item] as const)
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);

/** Returns the same numbers each time (Mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it.each(casesOf({ short: [1, 2, 3], long: Array.from({ length: 25 }, (_, index) => index + 1) }))(
  'equals the database at rest after 20 random commands whose writes come late, twice and in any order (seed %i)',
  async (seed) => {
    const random = randomFrom(seed);
    const late: (() => Promise<void>)[] = [];
    /** An index whose writes are under way for long: a worker that stands still, or is killed and repeats them. */
    const slow: ListingSearch = {
      ...search,
      put: async (listings) => void late.push(() => search.put(listings)),
      remove: async (listings) => void late.push(() => search.remove(listings)),
    };
    const index = createIndexListings({ database, search: slow });
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) ids.push(await create());
    for (const id of ids.slice(1)) await apply(id, 'approve');
    for (let number = 0; number < 20; number += 1) {
      await apply(ids[Math.floor(random() * ids.length)]!, commands[Math.floor(random() * commands.length)]!);
      if (random() < 0.6) await index(shuffled(await waitingRows(), random));
      if (random() < 0.3) for (const write of shuffled(late, random).slice(0, 2)) await write();
    }
    await index(await waitingRows());
    for (const write of shuffled([...late, ...late], random)) await write();
    await expectAtRest();
  },
);
