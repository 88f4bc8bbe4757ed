import type { RejectionReason } from '../../../../domain/listings/review';
import { golf } from '../../../../testing/contract/seed-listing';
import { openRenewalWorld, type RenewalWorld } from '../renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
afterAll(() => world.api.stop());

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
let count = 0;
interface Item {
  ref: string;
  title: string;
  [field: string]: unknown;
}
const newItem = (): Item => ({ ...golf, title: 'Golf, second owner', ref: `import-${(count += 1)}` });

/** Imports an item as every night. Returns its outcome, and whether a review is open then. */
async function load(item: Item) {
  const { body } = await world.send('post', '/listings/bulk', { mode: 'upsert', submit: true, items: [item] });
  const { id: listingId, outcome } = body.items[0];
  return { listingId, outcome, isReviewed: (await world.read(listingId)).review !== null };
}

const origins = {
  /** Buyers have never seen the listing. */
  rejected: async (item: Item) => (await load(item)).listingId,
  live: async (item: Item) => {
    const listingId = await world.published({ ref: item.ref });
    await load(item);
    return listingId;
  },
  expired: async (item: Item) => {
    const listingId = await world.published({ ref: item.ref });
    await world.command(listingId, 'expire');
    await load(item);
    return listingId;
  },
  withdrawn: async (item: Item) => {
    const listingId = await world.published({ ref: item.ref });
    await world.command(listingId, 'withdraw', { reason: 'other' });
    await load(item);
    return listingId;
  },
};
type Origin = keyof typeof origins;

async function rejected(origin: Origin, item: Item, reason: RejectionReason): Promise<string> {
  const listingId = await origins[origin](item);
  await world.reject(listingId, reason);
  return listingId;
}

const price = eur(840_000);
const metadata = { stock: 'yard-9' };
const left = { outcome: 'updated', isReviewed: false };
const submitted = { outcome: 'updated', isReviewed: true };

describe.each(Object.keys(origins) as Origin[])('an import of a listing that is %s with a rejected draft', (origin) => {
  it.each<[string, RejectionReason, object, object]>([
    ['leaves another price', 'quality', { price }, left],
    ['leaves other metadata', 'quality', { metadata }, left],
    ['leaves other metadata', 'price', { metadata }, left],
    ['submits another price', 'price', { price }, submitted],
    ['submits another text', 'quality', { description: 'Kept in the rain' }, submitted],
  ])('%s after a rejection for the %s', async (_what, reason, changes, expected) => {
    const item = newItem();
    const listingId = await rejected(origin, item, reason);
    expect(await load(item)).toEqual({ listingId, outcome: 'unchanged', isReviewed: false });
    expect(await load({ ...item, ...changes })).toMatchObject(expected);
    const { state, draft, metadata: stored } = await world.read(listingId);
    expect({ ...draft, metadata: stored }).toMatchObject(changes);
    if (expected === left) expect(state).toBe(origin);
  });
});

it('an import submits a price that another request has mended after a rejection for it', async () => {
  const item = newItem();
  const listingId = await rejected('rejected', item, 'price');
  await world.send('patch', `/listings/${listingId}`, { price });
  expect(await load({ ...item, price })).toMatchObject(submitted);
});

it('an import leaves a price that was rejected, although it came during the review', async () => {
  const item = newItem();
  const listingId = await origins.live(item);
  await world.send('patch', `/listings/${listingId}`, { price });
  await world.reject(listingId, 'price');
  expect(await load({ ...item, price })).toMatchObject({ outcome: 'unchanged', isReviewed: false });
});

it('an import leaves a text that was changed and taken back since its rejection', async () => {
  const item = newItem();
  const listingId = await rejected('rejected', item, 'quality');
  await world.send('patch', `/listings/${listingId}`, { title: 'Golf, third owner' });
  expect(await load(item)).toMatchObject(left);
});
