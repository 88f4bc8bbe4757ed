import { golf } from '../../../testing/contract/seed-listing';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
beforeEach(() => world.setClock('2027-03-20T12:00:00Z'));
afterAll(() => world.api.stop());

const image = (name: string) => ({ url: `https://images.example/${name}.jpg`, alt: name });
/** Returns the listings of others that have the same text, or the image, by what a check finds. */
async function copiesOf(changes: object) {
  const content = { ...golf, description: 'A text of its own that nobody else has', ...changes };
  const { body } = await world.send('post', '/listings/check', { ...content, ownerRef: 'somebody-else' });
  const found = body.findings as { rule: string; listingIds: string[] }[];
  return found.filter(({ rule }) => rule === 'duplicate_of_other').flatMap(({ listingIds }) => listingIds);
}
const change = async (listingId: string, changes: object) => {
  await world.send('patch', `/listings/${listingId}`, changes);
  await world.command(listingId, 'submit', {});
};
const published = async (listingId: string) =>
  (await world.events(listingId)).filter(({ type }) => type === 'listing.published').map(({ data }) => data.revision);

it('a copy of what buyers see is found while another text is edited, and so is a copy of that text', async () => {
  const [before, after] = [
    { title: 'Golf as it is shown', images: [image('shown')] },
    { title: 'Golf as it is edited', images: [image('edited')] },
  ];
  const text = { description: golf.description };
  const listingId = await world.published({ ...before, ownerRef: 'dealer' });
  await change(listingId, after);
  expect(await copiesOf({ title: before.title, ...text })).toEqual([listingId]);
  expect(await copiesOf({ images: before.images })).toEqual([listingId]);
  expect(await copiesOf({ title: after.title, ...text })).toEqual([listingId]);
  expect(await copiesOf({ images: after.images })).toEqual([listingId]);
  await world.approve(listingId);
  expect(await copiesOf({ title: before.title, ...text })).toEqual([]);
  expect(await copiesOf({ images: before.images })).toEqual([]);
  expect(await copiesOf({ title: after.title, images: after.images, ...text })).toEqual([listingId, listingId]);
});

it('content is published with each approval from which on buyers see it', async () => {
  const listingId = await world.published();
  expect(await published(listingId)).toEqual([1]);
  await change(listingId, { title: 'Another title' });
  await world.approve(listingId);
  expect(await published(listingId)).toEqual([1, 2]);
  const events = await world.events(listingId);
  expect(events.map(({ version }) => version)).toEqual(events.map((_event, index) => index + 1));
});

it('content that is approved while nobody sees the listing is approved and not published', async () => {
  const withdrawn = await world.published();
  await change(withdrawn, { title: 'Another title' });
  await world.command(withdrawn, 'withdraw', { reason: 'other' });
  await world.approve(withdrawn);
  expect(await published(withdrawn)).toEqual([1]);
  const over = await world.published();
  await change(over, { title: 'Another title' });
  await world.setClock('2027-06-20T12:00:00Z');
  await world.approve(over);
  expect(await published(over)).toEqual([1]);
  expect((await world.events(over)).at(-1)!.type).toBe('listing.approved');
});
