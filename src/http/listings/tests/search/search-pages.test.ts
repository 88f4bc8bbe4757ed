import { openSearchWorld, type SearchWorld } from './search-world';

let world: SearchWorld;
beforeAll(async () => {
  world = await openSearchWorld();
});
afterAll(() => world.api.stop());

const names = { en: 'Vehicle', de: 'Fahrzeug' };
const number = (key: string) => ({ key, names, type: 'number' });
const text = (key: string) => ({ key, names, type: 'text' });

it('goes on with a list after its partner adds, moves, changes and deletes categories below it', async () => {
  const put = async (slug: string, parent: string | null, attributes: object[] = []) => {
    const body = { names, parent, attributes };
    expect(
      (await world.api.call('put', `/listing-categories/${slug}`, world.tenant.key).send(body)).status,
    ).toBeLessThan(300);
  };
  await put('parts', null, [number('size')]);
  await put('wheels', 'parts');
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1)
    ids.unshift(await world.publish({ title: 'A part', category: 'parts', attributes: { size: 5 } }));
  const changes: (() => Promise<unknown>)[] = [
    () => put('tyres', 'parts'),
    () => put('wheels', null),
    () => put('wheels', 'parts', [text('size')]),
    () => world.api.call('delete', '/listing-categories/tyres', world.tenant.key),
    () => put('wheels', 'parts'),
  ];
  const filters = '?q=part&category=parts&attributes.size=5&limit=1';
  let { body } = await world.find(filters);
  const seen: string[] = [body.items[0].id];
  for (const change of changes) {
    await change();
    const page = await world.find(`${filters}&cursor=${body.next}`);
    expect([change.toString(), page.status]).toEqual([change.toString(), 200]);
    body = page.body;
    seen.push(...body.items.map(({ id }: { id: string }) => id));
  }
  expect(seen).toEqual(ids);
});

it('knows a list by its parameters in any order, and refuses the cursor of another', async () => {
  for (let count = 0; count < 2; count += 1)
    await world.publish({ title: 'Paged', category: 'cars', attributes: { fuel: 'petrol', doors: 3 } });
  const filters = ['category=cars', 'attributes.fuel=petrol', 'attributes.doors=3'];
  const { next } = (await world.find(`?${filters.join('&')}&limit=1`)).body;
  const statusOf = async (query: string) => (await world.find(`?${query}&cursor=${next}`)).status;
  expect(await statusOf(filters.toReversed().join('&'))).toBe(200);
  for (const other of ['category=vehicles', 'attributes.fuel=diesel', 'attributes.doors=4', 'ownerRef=o', 'q=x'])
    expect([other, await statusOf([...filters.filter((filter) => !sameKey(filter, other)), other].join('&'))]).toEqual([
      other,
      400,
    ]);
});

const sameKey = (one: string, other: string): boolean => one.split('=')[0] === other.split('=')[0];
