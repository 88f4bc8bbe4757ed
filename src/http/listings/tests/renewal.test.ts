import { OPERATOR_KEY } from '../../../testing/test-api';
import { openRenewalWorld, type RenewalWorld } from './renewal-world';

let world: RenewalWorld;
beforeAll(async () => {
  world = await openRenewalWorld();
});
beforeEach(() => world.setClock('2027-03-20T12:00:00Z'));
afterAll(() => world.api.stop());

const renew = (listingId: string, days: number, headers?: Record<string, string>) =>
  world.command(listingId, 'renew', { days }, headers);
const refusal = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code];
const setGrace = (graceDays: number) =>
  world.api.call('patch', `/partners/${world.partnerId}`, OPERATOR_KEY).send({ listings: { graceDays } });

describe('renew', () => {
  it('lengthens a live listing from its last day, over a change to summer time', async () => {
    const listingId = await world.published();
    expect(await world.read(listingId)).toMatchObject({ lastDay: '2027-03-26', expiresAt: '2027-03-26T23:00:00.000Z' });
    const { status, headers, body } = await renew(listingId, 2);
    expect([status, headers.etag]).toEqual([200, '"5"']);
    expect(body).toMatchObject({ state: 'live', lastDay: '2027-03-28', expiresAt: '2027-03-28T22:00:00.000Z' });
    expect(await world.read(listingId)).toEqual(body);
    const event = (await world.events(listingId)).at(-1);
    expect(event).toMatchObject({
      type: 'listing.renewed',
      state: 'live',
      data: { days: 2, lastDay: '2027-03-28', lastDayBefore: '2027-03-26' },
      by: { kind: 'api_key' },
    });
  });

  it('makes an expired listing live again from today, until the minute in which its grace ends', async () => {
    const listingId = await world.published();
    await setGrace(5);
    await world.setClock('2027-03-31T22:00:00Z', -1);
    expect(await world.read(listingId)).toMatchObject({ state: 'expired' });
    const { body } = await renew(listingId, 1);
    expect(body).toMatchObject({ state: 'live', lastDay: '2027-04-01', expiresAt: '2027-04-01T22:00:00.000Z' });

    await world.setClock('2027-04-06T22:00:00Z', 1);
    const late = await renew(listingId, 1);
    expect(refusal(late)).toEqual([409, 'RENEWAL_TOO_LATE']);
    expect(late.body.detail).toMatch(/until 2027-04-06: submit it for review with renewDays/);
    expect(await world.read(listingId)).toMatchObject({ state: 'expired', lastDay: '2027-04-01' });
    await setGrace(6);
    expect((await renew(listingId, 1)).body).toMatchObject({ state: 'live', lastDay: '2027-04-08' });
    await setGrace(30);
  });

  it('reaches 365 days ahead, and the same request is accepted once a day has passed', async () => {
    const listingId = await world.published();
    const headers = { 'Idempotency-Key': `far-${listingId}` };
    await world.setClock('2027-03-20T23:00:00Z', -1);
    const far = await renew(listingId, 360, headers);
    expect(refusal(far)).toEqual([422, 'RENEWAL_TOO_FAR']);
    expect(far.body.errors).toMatchObject([{ pointer: '/days', detail: expect.stringMatching(/days of 359 at most/) }]);
    expect((await world.read(listingId)).lastDay).toBe('2027-03-26');
    await world.setClock('2027-03-20T23:00:00Z', 1);
    expect((await renew(listingId, 360, headers)).body).toMatchObject({ lastDay: '2028-03-20' });
  });

  it('with one key and ten requests renews once', async () => {
    const listingId = await world.published();
    const headers = { 'Idempotency-Key': `once-${listingId}` };
    const answers = await Promise.all(Array.from({ length: 10 }, () => renew(listingId, 3, headers)));
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.map(({ body }) => body.code).filter((code) => code !== 'REQUEST_IN_FLIGHT')).toEqual([]);
    expect(others.length).toBeLessThan(10);
    expect((await renew(listingId, 3, headers)).headers['idempotent-replayed']).toBe('true');
    expect((await world.read(listingId)).lastDay).toBe('2027-03-29');
    const events = await world.events(listingId);
    expect(events.filter(({ type }) => type === 'listing.renewed')).toHaveLength(1);
  });

  it('obeys If-Match, and accepts the tag from before the end', async () => {
    const listingId = await world.published();
    const tag = (await world.send('get', `/listings/${listingId}`)).headers.etag!;
    expect(refusal(await renew(listingId, 1, { 'If-Match': '"1"' }))).toEqual([412, 'VERSION_MISMATCH']);
    await world.setClock('2027-03-28T12:00:00Z');
    expect((await renew(listingId, 1, { 'If-Match': tag })).status).toBe(200);
    expect(refusal(await renew(listingId, 1, { 'If-Match': tag }))).toEqual([412, 'VERSION_MISMATCH']);
  });

  it.each([
    ['withdrawn', 'withdraw', { reason: 'sold' }, 'ILLEGAL_STATE'],
    ['suspended', 'suspend', { reviewer: 'mona', reason: 'Reported' }, 'LISTING_SUSPENDED'],
  ])('is refused for a listing that is %s', async (state, command, body, code) => {
    const listingId = await world.published();
    await world.command(listingId, command, body);
    expect(refusal(await renew(listingId, 1))).toEqual([409, code]);
    expect(await world.read(listingId)).toMatchObject({ state, lastDay: '2027-03-26' });
  });
});

describe('expire', () => {
  it('ends a live listing now, and a renewal then counts from today', async () => {
    const listingId = await world.published();
    const { status, body } = await world.command(listingId, 'expire');
    expect([status, body.state, body.lastDay]).toEqual([200, 'expired', '2027-03-20']);
    expect(body.expiresAt).toMatch(/^2027-03-20T12:00/);
    expect(await world.read(listingId)).toEqual(body);
    const event = (await world.events(listingId)).at(-1);
    expect(event).toMatchObject({ type: 'listing.expired', state: 'expired', data: { lastDay: '2027-03-20' } });
    const { items } = (await world.send('get', '/listings?state=expired')).body;
    expect(items.map(({ id }: { id: string }) => id)).toContain(listingId);
    expect((await renew(listingId, 2)).body).toMatchObject({ state: 'live', lastDay: '2027-03-22' });
  });

  it('is refused where buyers do not see the listing, also once its time has passed unnoticed', async () => {
    const listingId = await world.published();
    await world.setClock('2027-03-26T23:00:00Z', 1);
    expect(refusal(await world.command(listingId, 'expire'))).toEqual([409, 'LISTING_NOT_LIVE']);
    await renew(listingId, 1);
    await world.command(listingId, 'suspend', { reviewer: 'mona', reason: 'Reported' });
    expect(refusal(await world.command(listingId, 'expire'))).toEqual([409, 'LISTING_SUSPENDED']);
    const events = await world.events(listingId);
    expect(events.map(({ type }) => type)).not.toContain('listing.expired');
  });

  it('obeys If-Match', async () => {
    const listingId = await world.published();
    const expire = (tag: string) => world.command(listingId, 'expire', undefined, { 'If-Match': tag });
    expect(refusal(await expire('"3"'))).toEqual([412, 'VERSION_MISMATCH']);
    expect((await expire('"4"')).body.state).toBe('expired');
  });
});
