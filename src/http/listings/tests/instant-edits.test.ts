import { cars } from '../../../testing/contract/seed-listing';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
afterAll(() => world.api.stop());

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const patch = async (listingId: string, changes: object) =>
  (await world.send('patch', `/listings/${listingId}`, changes)).body;

/** Publishes a listing, changes its title and submits that. Returns the listing and its review. */
async function reviewed() {
  const listingId = await world.published();
  await patch(listingId, { title: 'Golf, second owner' });
  await world.command(listingId, 'submit', {});
  const { review } = await world.read(listingId);
  return { listingId, review };
}

it('new prices of a live listing leave the review of its draft, its claim and its revision as they are', async () => {
  const { listingId, review } = await reviewed();
  const { listingReviews } = world.api.database.models;
  const claimedUntil = new Date((await world.now()).getTime() + 1_800_000);
  await listingReviews.updateOne({ _id: review.id }, { $set: { state: 'queued', claimedBy: 'mona', claimedUntil } });
  for (const amount of [880_000, 870_000, 860_000]) await patch(listingId, { price: eur(amount) });
  const metadata = { stock: 'yard-3' };
  expect(await patch(listingId, { metadata })).toMatchObject({
    revision: 6,
    review,
    live: { price: eur(860_000) },
    draft: { title: 'Golf, second owner', price: eur(860_000) },
  });
  const { body } = await world.send('get', `/listing-reviews/${review.id}`);
  expect(body).toMatchObject({ state: 'claimed', revision: 2, content: { price: eur(860_000) } });
  expect(body.differences.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/title']);
  await world.approve(listingId);
  expect(await world.read(listingId)).toMatchObject({
    review: null,
    draft: null,
    live: { title: 'Golf, second owner', price: eur(860_000) },
    metadata,
  });
});

it.each([
  ['another text', { title: 'Golf, third owner', price: eur(850_000) }],
  ['another description', { description: 'Kept in the rain' }],
])('%s takes the place of what is under review', async (_what, changes) => {
  const { listingId, review } = await reviewed();
  const after = await patch(listingId, changes);
  expect(after.review).toEqual({ id: expect.not.stringContaining(review.id), revision: 3 });
});

it('a price with which the draft is what buyers see already ends its review', async () => {
  const { listingId } = await reviewed();
  const { listings } = world.api.database.models;
  const { live } = await listings.findById(listingId).lean().orFail();
  // As where the price was not yet an instant field when it was submitted.
  await listings.updateOne({ _id: listingId }, { $set: { draft: { ...live, price: eur(700_000) } } });
  expect(await patch(listingId, { price: eur(700_000) })).toMatchObject({ review: null, draft: null });
});

it('a price that the category requires is not taken from a live listing, by no way', async () => {
  const ref = 'priced';
  const listingId = await world.published({ ref });
  const refusal = { code: 'PRICE_OUT_OF_BOUNDS', errors: [expect.objectContaining({ pointer: '/price' })] };
  const refused = await world.send('patch', `/listings/${listingId}`, { price: null });
  expect([refused.status, refused.body]).toEqual([422, expect.objectContaining(refusal)]);
  const { live } = await world.read(listingId);
  const { title, description, category } = live;
  const items = [{ ref, title, description, category, price: null }];
  const bulk = await world.send('post', '/listings/bulk', { mode: 'upsert', items });
  expect(bulk.body.items).toEqual([expect.objectContaining({ problem: expect.objectContaining(refusal) })]);
  expect(await world.read(listingId)).toMatchObject({ live, draft: null, revision: 1 });
  await world.command(listingId, 'withdraw', { reason: 'other' });
  expect(await patch(listingId, { price: null })).toMatchObject({ live, draft: { price: null } });
});

describe('a live listing that moves to another category', () => {
  const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
  const cheap = eur(890_000);
  beforeAll(async () => {
    const prices = { trucks: { min: eur(6_000_000), max: null }, imports: { min: null, max: usd(5_000_000) } };
    for (const [slug, bounds] of Object.entries(prices))
      await world.send('put', `/listing-categories/${slug}`, { ...cars, price: { required: true, ...bounds } });
  });

  it.each([
    ['other bounds', 'trucks', eur(7_000_000)],
    ['another currency', 'imports', usd(900_000)],
  ])('with %s takes its price along, which buyers see with the approval', async (_what, category, price) => {
    const listingId = await world.published();
    expect(await patch(listingId, { category, price })).toMatchObject({
      live: { category: 'cars', price: cheap },
      draft: { category, price },
    });
    await world.command(listingId, 'submit', {});
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ live: { category, price }, draft: null });
  });

  it('is checked by that category, which the problem names, and keeps its price where the draft has none', async () => {
    const listingId = await world.published();
    const move = (category: string) => world.send('patch', `/listings/${listingId}`, { category });
    const [dear, foreign] = [await move('trucks'), await move('imports')];
    expect([dear.status, dear.body.code]).toEqual([422, 'PRICE_OUT_OF_BOUNDS']);
    expect([foreign.status, foreign.body.code]).toEqual([422, 'CURRENCY_MISMATCH']);
    expect([dear.body.detail, foreign.body.detail]).toEqual([
      'amountMinor is 890000, and the category "trucks" takes at least 6000000 EUR minor units: send such a price.',
      'The price is in EUR, and the category "imports" takes USD: send one in it.',
    ]);
    expect(await patch(listingId, { category: 'trucks', price: null })).toMatchObject({
      live: { category: 'cars', price: cheap },
      draft: { category: 'trucks', price: null },
    });
  });

  it('is reviewed again for a price that waits, and shows none of it once the category is taken back', async () => {
    const listingId = await world.published();
    await patch(listingId, { category: 'trucks', price: eur(7_000_000) });
    await world.command(listingId, 'submit', {});
    const { review } = await world.read(listingId);
    const repriced = await patch(listingId, { price: eur(8_000_000) });
    expect(repriced).toMatchObject({ live: { price: cheap }, draft: { price: eur(8_000_000) } });
    expect(repriced.review).toEqual({ id: expect.not.stringContaining(review.id), revision: 3 });
    expect(await patch(listingId, { category: 'cars', price: eur(880_000) })).toMatchObject({
      live: { category: 'cars', price: eur(880_000) },
      draft: null,
      review: null,
    });
  });
});

it.each([
  ['price', 'updated', true],
  ['quality', 'updated', false],
])(
  'a batch with another price, after a rejection for the %s, is %s; submitted: %p',
  async (reason, outcome, isSubmitted) => {
    const ref = `rejected-${reason}`;
    const listingId = await world.published({ ref });
    await patch(listingId, { title: 'Golf, second owner' });
    const { listings } = world.api.database.models;
    const { contentRevision: revision } = await listings.findById(listingId).lean().orFail();
    const rejection = { revision, at: new Date(), reviewer: 'mona', reason, comment: null, fields: [] };
    await listings.updateOne({ _id: listingId }, { $set: { rejection } });
    const item = { ...(await listings.findById(listingId).lean().orFail()).draft, ref, price: eur(840_000) };
    const { body } = await world.send('post', '/listings/bulk', { mode: 'upsert', submit: true, items: [item] });
    expect(body.items).toMatchObject([{ outcome }]);
    expect((await world.read(listingId)).review !== null).toBe(isSubmitted);
  },
);
