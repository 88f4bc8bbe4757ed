import { OPERATOR_KEY } from '../../../testing/test-api';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
beforeEach(() => world.setClock('2027-03-20T12:00:00Z'));
afterAll(() => world.api.stop());

const refusal = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code];
const edit = (listingId: string, title: string) => world.send('patch', `/listings/${listingId}`, { title });
const submit = (listingId: string, body: object = {}) => world.command(listingId, 'submit', body);
const typesOf = async (listingId: string) => (await world.events(listingId)).map(({ type }) => type);

describe('an expired listing whose draft differs', () => {
  it('is renewed by the approval of a submission with renewDays, from the day of the approval', async () => {
    const listingId = await world.published();
    await world.setClock('2027-05-20T12:00:00Z');
    await edit(listingId, 'Another title');
    const refused = await world.command(listingId, 'renew', { days: 5 });
    expect(refusal(refused)).toEqual([409, 'ILLEGAL_STATE']);
    expect(refused.body.detail).toMatch(/submit the draft for review with renewDays/);

    const submitted = await submit(listingId, { renewDays: 5 });
    expect([submitted.status, submitted.body.state]).toEqual([202, 'expired']);
    const review = (await world.send('get', `/listing-reviews/${submitted.body.review.id}`)).body;
    expect(review.renewDays).toBe(5);
    expect(refusal(await world.command(listingId, 'renew', { days: 5 }))).toEqual([409, 'LISTING_IN_REVIEW']);
    await world.setClock('2027-05-21T21:59:00Z');
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({
      state: 'live',
      live: { title: 'Another title' },
      draft: null,
      lastDay: '2027-05-26',
      expiresAt: '2027-05-26T22:00:00.000Z',
    });
    const [approved, renewed, published] = (await world.events(listingId)).slice(-3);
    expect([approved?.type, renewed?.type]).toEqual(['listing.approved', 'listing.renewed']);
    expect(published).toMatchObject({ type: 'listing.published', state: 'live', data: { revision: 2 } });
    expect(renewed?.data).toEqual({ days: 5, lastDay: '2027-05-26', lastDayBefore: '2027-03-26' });
  });

  it('stays expired without renewDays, and its renewal then needs no second review', async () => {
    const listingId = await world.published();
    const { api, partnerId } = world;
    await api.call('patch', `/partners/${partnerId}`, OPERATOR_KEY).send({ listings: { graceDays: 1 } });
    await world.setClock('2027-05-20T12:00:00Z');
    await edit(listingId, 'Another title');
    await submit(listingId);
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ state: 'expired', draft: null, lastDay: '2027-03-26' });
    await world.setClock('2027-05-21T22:00:00Z', -1);
    expect((await world.command(listingId, 'renew', { days: 5 })).body).toMatchObject({
      state: 'live',
      live: { title: 'Another title' },
      lastDay: '2027-05-26',
    });
    await api.call('patch', `/partners/${partnerId}`, OPERATOR_KEY).send({ listings: { graceDays: 30 } });
  });

  it('is renewed although it was edited again, or everything was taken back', async () => {
    const listingId = await world.published();
    const { live } = await world.read(listingId);
    await world.setClock('2027-05-20T12:00:00Z');
    await edit(listingId, 'Another title');
    const { body: first } = await submit(listingId, { renewDays: 5 });
    const { body: second } = await edit(listingId, 'A third title');
    const { body: third } = await edit(listingId, live.title);
    expect(third).toMatchObject({ state: 'expired', draft: null, review: { revision: 4 } });
    expect(new Set([first, second, third].map(({ review }) => review.id)).size).toBe(3);
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ state: 'live', live, lastDay: '2027-05-25' });
  });
});

describe('an approval with renewDays', () => {
  it('lengthens a live listing from its last day, and one without them never does', async () => {
    const listingId = await world.published();
    await edit(listingId, 'Another title');
    await submit(listingId);
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ state: 'live', lastDay: '2027-03-26' });
    await edit(listingId, 'A third title');
    await submit(listingId, { renewDays: 2 });
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({
      state: 'live',
      live: { title: 'A third title' },
      lastDay: '2027-03-28',
      expiresAt: '2027-03-28T22:00:00.000Z',
    });
  });

  it('reaches no further than 365 days, where the listing was renewed meanwhile', async () => {
    const listingId = await world.published();
    await edit(listingId, 'Another title');
    expect(refusal(await submit(listingId, { renewDays: 360 }))).toEqual([422, 'RENEWAL_TOO_FAR']);
    expect((await submit(listingId, { renewDays: 359 })).status).toBe(202);
    await world.command(listingId, 'renew', { days: 300 });
    await world.approve(listingId);
    expect((await world.read(listingId)).lastDay).toBe('2028-03-19');
  });

  it('brings an unchanged listing back whose grace is over', async () => {
    const listingId = await world.published();
    expect(refusal(await submit(listingId, { renewDays: 5 }))).toEqual([409, 'NOTHING_TO_SUBMIT']);
    await world.setClock('2027-06-20T12:00:00Z');
    expect(refusal(await world.command(listingId, 'renew', { days: 5 }))).toEqual([409, 'RENEWAL_TOO_LATE']);
    expect(refusal(await submit(listingId))).toEqual([409, 'NOTHING_TO_SUBMIT']);
    expect((await submit(listingId, { renewDays: 5 })).status).toBe(202);
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ state: 'live', lastDay: '2027-06-25', revision: 1 });
  });

  it('gives a withdrawn listing a new end and leaves it withdrawn, to be republished', async () => {
    const listingId = await world.published();
    await world.command(listingId, 'withdraw', { reason: 'unavailable' });
    await world.setClock('2027-05-20T12:00:00Z');
    expect(refusal(await world.command(listingId, 'republish'))).toEqual([409, 'ILLEGAL_STATE']);
    await submit(listingId, { renewDays: 9 });
    await world.approve(listingId);
    expect(await world.read(listingId)).toMatchObject({ state: 'withdrawn', lastDay: '2027-05-29' });
    expect((await world.command(listingId, 'republish')).body.state).toBe('live');
    const { nextNoticeAt } = await world.api.database.models.listings.findById(listingId).lean().orFail();
    // The reminder of 22 May would come in the first half of the new time.
    expect(nextNoticeAt).toEqual(new Date('2027-05-28T07:00:00Z'));
    expect((await typesOf(listingId)).slice(-3)).toEqual([
      'listing.approved',
      'listing.renewed',
      'listing.republished',
    ]);
  });

  it('is no wish for a listing that was never published', async () => {
    const { body } = await world.send('post', '/listings', { title: 'A car', description: 'New', category: 'cars' });
    const refused = await submit(String(body.id), { renewDays: 5 });
    expect(refusal(refused)).toEqual([422, 'DURATION_INVALID']);
    expect(refused.body.errors).toMatchObject([{ pointer: '/renewDays' }]);
    expect((await world.read(String(body.id))).review).toBeNull();
  });
});
