import { randomUUID } from 'node:crypto';
import { golf } from '../../../testing/contract/seed-listing';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
beforeEach(() => world.setClock('2027-03-20T12:00:00Z'));
afterAll(() => world.api.stop());

const change = (listingId: string, duration: object) => world.send('patch', `/listings/${listingId}`, duration);

it('a published listing stays as it is where its own duration is sent again', async () => {
  const listingId = await world.published({ durationDays: 30 });
  await world.command(listingId, 'renew', { days: 5 });
  const before = await world.read(listingId);
  expect(before).toMatchObject({ durationDays: 30, lastDay: '2027-04-24' });
  const events = await world.events(listingId);
  const { durationDays, lastDay } = before;
  for (const same of [{ durationDays }, { lastDay }, { lastDay: null }, { durationDays, lastDay }]) {
    const { status, body } = await change(listingId, same);
    expect([status, body]).toEqual([200, before]);
  }
  expect(await world.events(listingId)).toEqual(events);
});

it.each([
  [{ durationDays: 31 }, '/durationDays', /leave it out, or send 30/],
  [{ durationDays: null }, '/durationDays', /leave it out, or send 30/],
  [{ lastDay: '2027-04-20' }, '/lastDay', /leave it out, or send 2027-04-19/],
])('the other duration %j is refused once published, with the way to lengthen it', async (sent, pointer, way) => {
  const listingId = await world.published({ durationDays: 30 });
  const { status, body } = await change(listingId, sent);
  expect(body).toMatchObject({ code: 'DURATION_INVALID', errors: [{ pointer }] });
  expect([status, body.detail]).toEqual([422, expect.stringMatching(way)]);
  expect(body.detail).toContain(`POST /listings/${listingId}/renew`);
});

it('an import that sends the same listings every night finds each unchanged after its publication', async () => {
  const least = { title: 'A car', description: 'Well kept', category: 'cars' };
  const items = [
    { ...least, ref: 'days', durationDays: 30, lastDay: null },
    { ...least, ref: 'day', lastDay: '2027-04-01', durationDays: null },
    { ...least, ref: 'neither', durationDays: null, lastDay: null },
  ];
  const load = async () => (await world.send('post', '/listings/bulk', { mode: 'upsert', submit: true, items })).body;
  const first = await load();
  expect(first.counts).toMatchObject({ created: 3 });
  for (const { id } of first.items) await world.approve(id);
  expect((await load()).counts).toEqual({ created: 0, updated: 0, unchanged: 3, refused: 0 });
});

it.each([
  ['a renewal', (listingId: string) => world.command(listingId, 'renew', { days: 5 })],
  ['its end', (listingId: string) => world.command(listingId, 'expire')],
  ['its last day', () => world.setClock('2027-04-02T12:00:00Z')],
])(
  'an import sends the given last day and a new price after %s, and only the price changes',
  async (_what, happens) => {
    const item = { ...golf, ref: `given-${randomUUID()}`, lastDay: '2027-04-01' };
    const load = async (changes: object) =>
      (await world.send('post', '/listings/bulk', { mode: 'upsert', items: [{ ...item, ...changes }] })).body.items[0];
    const { id } = await load({});
    await world.command(id, 'submit', {});
    await world.approve(id);
    await happens(id);
    const { lastDay } = await world.read(id);
    expect(await load({})).toMatchObject({ outcome: 'unchanged' });
    expect(await load({ price: { amountMinor: 880_000, currency: 'EUR' } })).toMatchObject({ outcome: 'updated' });
    expect((await world.read(id)).lastDay).toBe(lastDay);
    const refused = await load({ lastDay: '2027-04-03' });
    expect(refused).toMatchObject({ outcome: 'refused', problem: { code: 'DURATION_INVALID' } });
  },
);
