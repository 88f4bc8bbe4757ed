import { taskQueues } from '../../../src/contracts/task-queues';
import { COLLECTED_SETTLE_MS } from '../../../src/domain/listings/collected-mails';
import { newId } from '../../../src/domain/ids';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { DAY, HOUR, idsOf, MINUTE, openExpirationWorld, type ExpirationWorld } from './expiration-world';

let world: ExpirationWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openExpirationWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.database.models.listings.deleteMany({}));

const nothing = { expired: 0, reminded: 0, ended: 0 };

describe('listingExpiration', () => {
  it('ends after one look where nothing is due', async () => {
    const kept = await world.insertLive({ expiresAt: new Date(Date.now() + HOUR), nextNoticeAt: null });
    const { handle, counts } = await world.sweep();
    await recordHistory('listing-sweep-of-none', handle);
    expect(counts).toEqual(nothing);
    expect(
      (await handle.fetchHistory()).events?.filter((event) => event.activityTaskScheduledEventAttributes),
    ).toHaveLength(1);
    expect((await world.standing(idsOf(kept))).states).toEqual({ live: 1 });
  });

  it('expires three pages at their own end, none early, and names each in one mail to its owner', async () => {
    const due = await world.insertLive({ count: 1001, expiresAt: new Date(Date.now() - DAY) });
    const early = await world.insertLive({ expiresAt: new Date(Date.now() + MINUTE), nextNoticeAt: null });
    const { handle, counts } = await world.sweep();
    await recordHistory('listing-sweep-of-three-pages', handle);
    expect(counts).toEqual({ expired: 1001, reminded: 0, ended: 1001 });
    expect(await world.standing(idsOf(due))).toEqual({
      states: { expired: 1001 },
      planned: 0,
      events: { 'listing.expired': 1001 },
      timely: 1001,
      mails: { listingEnd: 1 },
      mailed: 1,
      named: 1001,
    });
    expect(await world.standing(idsOf(early))).toMatchObject({ states: { live: 1 }, events: {} });
    expect((await world.sweep()).counts).toEqual(nothing);
  });

  it('does nothing twice where two sweeps run at once', async () => {
    const { tenantId } = await world.newPartner();
    const due = await world.insertLive({ tenantId, count: 300, expiresAt: new Date(Date.now() - DAY) });
    const [{ counts }, operation] = await Promise.all([world.sweep(), world.order(tenantId)]);
    const standing = await world.standing(idsOf(due));
    expect(standing).toMatchObject({ events: { 'listing.expired': 300 }, mails: { listingEnd: 1 }, named: 300 });
    expect(counts.expired + operation.sweep!.counts.expired).toBe(300);
    expect(counts.ended + operation.sweep!.counts.ended).toBe(300);
  });

  it('dates the end of a listing that was changed after it by that change: no timeline goes back', async () => {
    const expiresAt = new Date(Date.now() - DAY);
    const updatedAt = new Date(Date.now() - HOUR);
    const [changed] = await world.insertLive({ expiresAt, updatedAt, nextNoticeAt: null });
    await world.sweep();
    const [event] = await world.events(changed!._id);
    expect(event).toMatchObject({ at: updatedAt, data: { expiresAt: expiresAt.toISOString() } });
    expect((await world.readListing(changed!._id)).updatedAt).toEqual(updatedAt);
  });

  it('keeps texts and owners out of its history', async () => {
    const [listing] = await world.insertLive();
    const { handle } = await world.sweep();
    const history = JSON.stringify(await handle.fetchHistory());
    for (const text of [listing!.live!.title, listing!.ownerUserId!]) expect(history).not.toContain(text);
  });

  it('reminds with the days that are left, once, and plans the notice after it', async () => {
    const expiresAt = new Date(Math.ceil(Date.now() / DAY) * DAY + DAY);
    const [due] = await world.insertLive({ expiresAt, nextNoticeAt: new Date(Date.now() - MINUTE) });
    expect((await world.sweep()).counts).toEqual({ ...nothing, reminded: 1 });
    expect((await world.sweep()).counts).toEqual(nothing);
    const [event] = await world.events(due!._id);
    expect(event).toMatchObject({
      type: 'listing.reminded',
      state: 'live',
      data: { daysLeft: 1, lastDay: due!.lastDay },
    });
    const { nextNoticeAt, version } = await world.readListing(due!._id);
    expect([nextNoticeAt!.getTime(), version]).toEqual([expiresAt.getTime() + 9 * HOUR, 4]);
    expect(await world.mails(due!._id)).toEqual(['listingReminder']);
  });

  it('names all listings of an owner that are reminded together in one mail', async () => {
    const expiresAt = new Date(Math.ceil(Date.now() / DAY) * DAY + DAY);
    const planned = { expiresAt, nextNoticeAt: new Date(Date.now() - MINUTE) };
    const ofOne = await world.insertLive({ ...planned, count: 250 });
    const [ofOther] = await world.insertLive(planned);
    expect((await world.sweep()).counts).toEqual({ ...nothing, reminded: 251 });
    expect(await world.standing(idsOf(ofOne))).toMatchObject({
      events: { 'listing.reminded': 250 },
      mails: { listingReminder: 1 },
      named: 250,
    });
    expect(await world.standing([ofOther!._id])).toMatchObject({ mails: { listingReminder: 1 }, named: 1 });
    const later = { ...planned, ownerUserId: ofOne[0]!.ownerUserId };
    const [joining] = await world.insertLive(later);
    await world.sweep();
    expect(await world.mails(joining!._id)).toEqual([]);
    const dueAt = new Date(Date.now() + COLLECTED_SETTLE_MS - 1000);
    await world.database.models.reviewNotices.updateMany({}, { $set: { dueAt } });
    const [late] = await world.insertLive(later);
    await world.sweep();
    expect(await world.standing([late!._id])).toMatchObject({ mails: { listingReminder: 1 }, named: 1 });
  });

  it('without an owner of ours the event is all that comes of a reminder', async () => {
    const expiresAt = new Date(Date.now() + 2 * DAY);
    const [due] = await world.insertLive({ expiresAt, nextNoticeAt: new Date(), ownerUserId: null });
    const [over] = await world.insertLive({ expiresAt: new Date(Date.now() - 2 * DAY), ownerUserId: null });
    expect((await world.sweep()).counts).toEqual({ expired: 1, reminded: 1, ended: 1 });
    expect([await world.timeline(due!._id), await world.timeline(over!._id)]).toEqual([['reminded'], ['expired']]);
    expect([await world.mails(due!._id), await world.mails(over!._id)]).toEqual([[], []]);
  });

  it('notices the end at the next hour of notices, not at midnight', async () => {
    const nextNoticeAt = new Date(Date.now() + MINUTE);
    const [over] = await world.insertLive({ expiresAt: new Date(Date.now() - MINUTE), nextNoticeAt });
    expect((await world.sweep()).counts).toEqual({ ...nothing, expired: 1 });
    expect(await world.mails(over!._id)).toEqual([]);
    expect((await world.readListing(over!._id)).nextNoticeAt).toEqual(nextNoticeAt);
  });

  it('leaves alone what is not live, whatever its time', async () => {
    const expiresAt = new Date(Date.now() - DAY);
    const others = [];
    for (const state of ['withdrawn', 'suspended', 'in_review', 'draft'] as const)
      others.push(...(await world.insertLive({ state, expiresAt, nextNoticeAt: null })));
    expect((await world.sweep()).counts).toEqual(nothing);
    const { states, events } = await world.standing(idsOf(others));
    expect([states, events]).toEqual([{ withdrawn: 1, suspended: 1, in_review: 1, draft: 1 }, {}]);
  });

  it.each([
    ['listingExpiration', []],
    ['listingExpirationWorkflow', [{}]],
    ['listingExpiration', [{ tenantId: 'operator' }]],
    ['listingExpiration', [null]],
  ])('%s, started by hand with %j, fails with a clear code and changes nothing', async (workflowType, args) => {
    const [due] = await world.insertLive();
    const handle = await world.client.workflow.start(workflowType, {
      workflowId: `by-hand/${newId('operation')}`,
      taskQueue: taskQueues.listings,
      args,
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'SWEEP_NOT_ORDERED' } });
    expect((await world.readListing(due!._id)).state).toBe('live');
  });

  it('fails for an operation that nobody ordered, and changes nothing', async () => {
    const [due] = await world.insertLive();
    const operationId = newId('operation');
    const handle = await world.client.workflow.start('listingExpiration', {
      workflowId: `listingExpiration/${operationId}`,
      taskQueue: taskQueues.listings,
      args: [{ tenantId: 'operator', operationId, correlationId: 'c' }],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { type: 'NOT_FOUND' } } });
    expect((await world.readListing(due!._id)).state).toBe('live');
  });
});

describe('a sweep that an operator orders', () => {
  it('handles the listings of one partner and counts them', async () => {
    const { tenantId } = await world.newPartner();
    const [due, other] = [await world.insertLive({ tenantId, count: 3 }), await world.insertLive()];
    const operation = await world.order(tenantId);
    expect(operation).toMatchObject({
      state: 'completed',
      failure: null,
      hops: { done: 6, total: 6 },
      fired: [{ type: 'listing.expired', count: 3 }],
    });
    expect((await world.standing(idsOf(due))).states).toEqual({ expired: 3 });
    expect((await world.standing(idsOf(other))).states).toEqual({ live: 1 });
  });

  it('only counts in a dry run', async () => {
    const { tenantId } = await world.newPartner();
    const due = await world.insertLive({ tenantId, count: 2 });
    const operation = await world.order(tenantId, { dryRun: true });
    expect(operation).toMatchObject({
      state: 'completed',
      hops: { done: 0, total: 4 },
      fired: [{ type: 'listing.expired', count: 2 }],
    });
    expect(await world.standing(idsOf(due))).toMatchObject({ states: { live: 2 }, events: {}, planned: 2 });
  });
});
