import { expireListing } from '../../../services/listings/expire-listing';
import { renewListing } from '../../../services/listings/renew-listing';
import { deferred } from '../../../testing/deferred';
import { watchCommands } from '../../../testing/servers/count-commands';
import { waitFor } from '../../../testing/wait-for';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

const ROUNDS = 20;
const LISTINGS = 10;

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
  await world.setClock('2027-03-20T12:00:00Z');
});
afterAll(() => world.api.stop());

const by = { kind: 'api_key', id: null } as const;
const find = (listingId: string) => world.api.database.models.listings.findById(listingId);

/** Ends a listing as it was read before, as whoever has looked for ended listings does. */
async function expireAsFound(listingId: string, step: string): Promise<string> {
  const { database } = world.api;
  const { expiresAt } = await find(listingId).lean().orFail();
  return database
    .inTransaction(async (session) => {
      const listing = await find(listingId).session(session).lean().orFail();
      return expireListing({ database, session, listing, expiresAt, step, by, at: await world.now() });
    })
    .then(
      ({ state }) => state,
      (error: { code?: string }) => error.code ?? 'no code',
    );
}

/** Ends a listing through the API, as it was read before. */
async function expireWithTag(listingId: string): Promise<string> {
  const tag = (await world.send('get', `/listings/${listingId}`)).headers.etag!;
  const { body } = await world.command(listingId, 'expire', undefined, { 'If-Match': tag });
  return body.code ?? body.state;
}

it('of renew and expire at once the listing is live at the end, and never expired after renewed', async () => {
  const listingIds = await Promise.all(Array.from({ length: LISTINGS }, () => world.published()));
  const orders: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(
      listingIds.map(async (listingId, index) => {
        const before = (await world.events(listingId)).length;
        const expire = () =>
          index % 2 === 0 ? expireWithTag(listingId) : expireAsFound(listingId, `expire/race-${round}`);
        const renew = () => world.command(listingId, 'renew', { days: 1 });
        const [renewed, expired] =
          (index + round) % 3 === 0
            ? await Promise.all([renew(), expire()])
            : await Promise.all([expire(), renew()]).then(([one, other]) => [other, one] as const);
        expect(renewed.status).toBe(200);
        expect(['expired', 'ILLEGAL_STATE', 'VERSION_MISMATCH']).toContain(expired);
        const listing = await world.read(listingId);
        const types = (await world.events(listingId)).slice(before).map(({ type }) => type);
        expect([listing.state, listing.expiresAt > (await world.now()).toISOString()]).toEqual(['live', true]);
        expect(types).toEqual(expired === 'expired' ? ['listing.expired', 'listing.renewed'] : ['listing.renewed']);
        orders.push(types.join());
      }),
    );
  }
  expect(orders).toHaveLength(ROUNDS * LISTINGS);
  expect(new Set(orders).size).toBe(2);
}, 300_000);

it('a request to end a listing that waits for a renewal does not end the new time', async () => {
  const listingId = await world.published();
  const { database } = world.api;
  const [written, committing] = [deferred(), deferred()];
  const renewal = database.inTransaction(async (session) => {
    const listing = await find(listingId).session(session).lean().orFail();
    const at = await world.now();
    await renewListing({ database, session, listing, days: 2, step: 'renew/held', by, at });
    written.resolve();
    await committing.promise;
  });
  await written.promise;
  const sent = watchCommands(database);
  const ending = world.command(listingId, 'expire');
  await waitFor(async () => sent().includes('findAndModify listings'), { what: 'the end to be written' });
  committing.resolve();
  await renewal;
  const { status, body } = await ending;
  expect([status, body.code]).toEqual([409, 'ILLEGAL_STATE']);
  expect(body.detail).toMatch(/renewed meanwhile, and its last day is 2027-03-28 now/);
  expect((await world.read(listingId)).state).toBe('live');
});
