import { openRenewalWorld, type RenewalWorld } from './renewal-world';

/** Days of a listing by the name under which its id is kept; published on 20 March 2027 in Berlin. */
const days = { first: 1, second: 2, third: 2, fourth: 2, last: 9 } as const;
const MIDNIGHT = '2027-03-22T23:00:00Z';

let world: RenewalWorld;
const names = new Map<string, string>();
const idOf = (name: string) => [...names].find(([, one]) => one === name)![0];
beforeAll(async () => {
  world = await openRenewalWorld();
  await world.setClock('2027-03-20T12:00:00Z');
  for (const [name, durationDays] of Object.entries(days))
    names.set(await world.published({ durationDays, ownerRef: name === 'third' ? 'dealer-1' : 'dealer-2' }), name);
  await world.send('post', '/listings', { title: 'A draft', description: 'Without an end', category: 'cars' });
});
beforeEach(() => world.setClock('2027-03-20T12:00:00Z'));
afterAll(() => world.api.stop());

const list = async (query: string) => {
  const { body } = await world.send('get', `/listings?${query}`);
  const named = body.items.map(({ id, state }: { id: string; state: string }) => `${names.get(id)} ${state}`);
  return { named, next: body.next as string | null };
};

describe('GET /listings?expiresBefore=', () => {
  it('lists what ends before an instant, the earliest first, and nothing without an end', async () => {
    const before = await list('expiresBefore=2027-03-29T22:00:00Z');
    expect(before.named).toEqual(['first live', 'second live', 'third live', 'fourth live']);
    expect((await list(`expiresBefore=${MIDNIGHT}`)).named).toEqual(['first live']);
    const all = await list('expiresBefore=2027-03-29T22:00:00.001Z');
    expect(all.named.at(-1)).toBe('last live');
    expect(all.named).toHaveLength(5);
  });

  it('is combined with the state as it is now, the category and the owner', async () => {
    await world.setClock('2027-03-21T23:00:00Z', 1);
    const bound = 'expiresBefore=2027-03-24T00:00:00Z';
    expect((await list(`${bound}&state=live`)).named).toEqual(['second live', 'third live', 'fourth live']);
    expect((await list(`${bound}&state=expired`)).named).toEqual(['first expired']);
    expect((await list(`${bound}&ownerRef=dealer-1`)).named).toEqual(['third live']);
    expect((await list(`${bound}&category=cars&state=live`)).named).toHaveLength(3);
    expect((await list(`${bound}&category=boats`)).named).toEqual([]);
    expect((await list(`${bound}&state=draft`)).named).toEqual([]);
  });

  it('pages through equal ends, and shows nothing as live that ended between two pages', async () => {
    const query = 'expiresBefore=2027-03-30T00:00:00Z&state=live&limit=2';
    await world.setClock(MIDNIGHT, -1);
    const page = await list(query);
    expect(page.named).toEqual(['second live', 'third live']);
    const rest = () => list(`${query}&cursor=${page.next}`);
    expect((await rest()).named).toEqual(['fourth live', 'last live']);
    await world.setClock(MIDNIGHT, 1);
    expect((await rest()).named).toEqual(['last live']);
    await world.setClock('2027-03-29T22:00:00Z', 1);
    expect((await rest()).named).toEqual([]);
  });

  it('finds a listing by its new end once it was renewed', async () => {
    await world.command(idOf('last'), 'renew', { days: 1 });
    expect((await list('expiresBefore=2027-03-30T21:59:59Z')).named).not.toContain('last live');
    expect((await list('expiresBefore=2027-03-30T22:00:01Z')).named).toContain('last live');
  });

  it('excludes updatedAfter, because no index narrows both', async () => {
    const both = 'expiresBefore=2027-03-30T00:00:00Z&updatedAfter=2027-03-01T00:00:00Z';
    const { status, body } = await world.send('get', `/listings?${both}`);
    expect([status, body.code, body.errors[0].parameter]).toEqual([400, 'INVALID_PARAMETER', 'expiresBefore']);
  });
});
