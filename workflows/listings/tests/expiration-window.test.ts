import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import type { Database } from '../../../src/models/database';
import type { Listing } from '../../../src/models/listings/listing';
import { acceptAdvance } from '../../../src/temporal/commands/sandbox/sandbox-clock-commands';
import { createSandboxClockMover } from '../../../src/temporal/time-skipping/sandbox-clock';
import { moveListing } from '../../../src/services/listings/move-listing';
import { renewListing } from '../../../src/services/listings/renew-listing';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { tester } from '../../../src/testing/worlds/base-world';
import { DAY, HOUR, idsOf, openExpirationWorld, type ExpirationWorld } from './expiration-world';

let world: ExpirationWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld();
});
afterAll(() => world?.close());

/** Returns a midnight (UTC) that many days ahead. */
const midnight = (days: number): Date => new Date((Math.floor(Date.now() / DAY) + 1 + days) * DAY);

/** Returns the database with something done after each of its transactions. */
const afterTransactions = (act: () => Promise<void>): Database => ({
  ...world.database,
  async inTransaction(work) {
    const result = await world.database.inTransaction(work);
    await act();
    return result;
  },
});

/** Advances a tenant's clock, with something done after each transaction of the advance. */
const advance = (tenantId: string, by: string, act: () => Promise<void>) =>
  advanceHere({ world: { ...world, tenantId, database: afterTransactions(act) }, by });

/** Runs a command as the api does, at the tenant's time. */
async function command<Result>(
  listingId: string,
  run: (input: {
    listing: Listing;
    session: Parameters<typeof renewListing>[0]['session'];
    at: Date;
  }) => Promise<Result>,
): Promise<Result> {
  const { database, clock } = world;
  const { tenantId } = await world.readListing(listingId);
  const at = await clock.now(tenantId);
  return database.inTransaction(async (session) => {
    const listing = await database.models.listings.findById(listingId).session(session).lean().orFail();
    return run({ listing, session, at });
  });
}
const about = () => ({ database: world.database, step: `test/${randomUUID()}`, by: tester });

/** Writes listings of a new partner that end in four days, with reminders two days before the last and one. */
async function ending(count = 1) {
  const { tenantId } = await world.newPartner({ listings: { remindDays: [2, 1] } });
  const expiresAt = midnight(4);
  const nextNoticeAt = new Date(expiresAt.getTime() - 3 * DAY + 9 * HOUR);
  const listings = await world.insertLive({ tenantId, count, expiresAt, nextNoticeAt });
  return { tenantId, expiresAt, ids: idsOf(listings) };
}
const eventTypes = async (listingId: string) => (await world.events(listingId)).map(({ type }) => type);

it('a listing is never ahead of the clock of its sandbox, so a renewal loses no day', async () => {
  const { tenantId, expiresAt, ids } = await ending();
  const listingId = ids[0]!;
  let ahead = 0;
  let renewed: Listing | null = null;
  const failure = await advance(tenantId, 'P10D', async () => {
    const { state } = await world.readListing(listingId);
    const now = await world.clock.now(tenantId);
    const events = await world.events(listingId);
    if ((state === 'expired' && now < expiresAt) || events.some(({ at }) => at.getTime() > now.getTime() + HOUR))
      ahead += 1;
    if (state !== 'expired' || renewed) return;
    renewed = await command(listingId, (input) => renewListing({ ...about(), ...input, days: 7 }));
  });
  expect([failure, ahead]).toEqual([null, 0]);
  expect(renewed!.expiresAt!.getTime()).toBeGreaterThanOrEqual(expiresAt.getTime() + 7 * DAY);
  expect((await eventTypes(listingId)).filter((type) => type === 'listing.expired')).toHaveLength(1);
});

it('a listing that is withdrawn and republished right after a reminder gets the next one', async () => {
  const { tenantId, ids } = await ending();
  const listingId = ids[0]!;
  let isMoved = false;
  const failure = await advance(tenantId, 'P10D', async () => {
    if (isMoved || !(await eventTypes(listingId)).includes('listing.reminded')) return;
    isMoved = true;
    for (const move of ['withdraw', 'republish'] as const)
      await command(listingId, (input) => moveListing({ ...about(), ...input, command: move, data: {} }));
  });
  expect(failure).toBeNull();
  expect((await eventTypes(listingId)).filter((type) => !/listing\.(approved|published)/.test(type))).toEqual([
    'listing.reminded',
    'listing.withdrawn',
    'listing.republished',
    'listing.reminded',
    'listing.expired',
  ]);
});

it('an advance that is killed after any of its transactions leaves the same behind, once', async () => {
  const whole = await ending(3);
  let transactions = 0;
  await advance(whole.tenantId, 'P10D', async () => {
    transactions += 1;
  });
  // The acceptance of the advance comes first.
  expect(transactions).toBeGreaterThan(8);
  const undisturbed = await world.standing(whole.ids);
  expect(undisturbed).toMatchObject({
    states: { expired: 3 },
    events: { 'listing.reminded': 6, 'listing.expired': 3 },
    timely: 3,
    mails: { listingReminder: 1, listingEnd: 1 },
    named: 3,
  });
  for (let killedAfter = 1; killedAfter < transactions - 1; killedAfter += 1) {
    const { tenantId, ids } = await ending(3);
    expect(await killed(tenantId, 'P10D', killedAfter)).toBeNull();
    expect([killedAfter, await world.standing(ids)]).toEqual([killedAfter, undisturbed]);
  }
});

/** Advances a clock; the worker dies after so many of the transactions, and another one goes on. */
async function killed(tenantId: string, by: string, after: number) {
  const { database, client, starter } = world;
  const acceptance = { database, tenantId, by, actor: tester, realNow: new Date(), correlationId: 'c-1' };
  const { operation } = await database.inTransaction((session) => acceptAdvance({ ...acceptance, session }));
  const step = { tenantId, operationId: operation._id, chain: randomUUID() };
  const { signal } = new AbortController();
  let left = after;
  const dying = afterTransactions(async () => {
    left -= 1;
    if (left === 0) throw new mongoose.mongo.MongoNetworkError('The worker is dead');
  });
  const first = createSandboxClockMover({ client, database: dying, starter });
  await first.claim(step);
  await expect(first.advance({ ...step, signal })).rejects.toThrow('The worker is dead');
  const second = createSandboxClockMover({ client, database, starter });
  const { failure } = await second.advance({ ...step, signal });
  await second.finish({ ...step, failure });
  return failure;
}
