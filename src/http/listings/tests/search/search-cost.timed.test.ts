import { MAX_CANDIDATES } from '../../../../clients/search/mongo-listing-search';
import { insertDocuments } from '../../../../services/insert-documents';
import { casesOf } from '../../../../testing/long-form';
import { openSearchWorld, type SearchWorld } from './search-world';

const FEW = 10;
const ROUNDS = 20;
const PER_ROUND = 5;

let world: SearchWorld;
beforeAll(async () => {
  world = await openSearchWorld();
});
afterAll(() => world.api.stop());

/** Returns the milliseconds of processor time of a request, the caller included: the least of some rounds. */
async function cpuOf(text: string): Promise<number> {
  const url = `${world.api.origin}/api/v1/listings/search?q=${text}`;
  const headers = { Authorization: `Bearer ${world.searchKey}` };
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let number = 0; number < PER_ROUND; number += 1) await (await fetch(url, { headers })).text();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000 / PER_ROUND);
  }
  return Math.min(...costs);
}

it('a word that thousands have costs at most five times a word that ten have', async () => {
  const many = casesOf({ short: MAX_CANDIDATES + 100, long: 10_000 });
  const template = await world.api.database.models.listings
    .findById(await world.publish({}, { indexed: false }))
    .lean()
    .orFail();
  const words = 'bright solid clean small light heavy round green early quiet north south'.split(' ');
  for (let from = 0; from < many; from += 500) {
    const listings = Array.from({ length: Math.min(500, many - from) }, (_, at) => {
      const index = from + at;
      const id = `${template._id.slice(0, -6)}${String(index).padStart(6, '0')}`;
      const title = `Common ${index % Math.floor(many / FEW) === 0 ? 'rare' : 'usual'} offer`;
      const description = words.map((word, place) => `${word}${(index + place) % 7}`).join(' ');
      return { ...template, _id: id, refKey: `id:${id}`, live: { ...template.live!, title, description } };
    });
    await insertDocuments({ model: world.api.database.models.listings, documents: listings });
    await world.index(listings.map(({ _id }) => _id));
  }
  expect((await world.find('?q=rare')).body.total.exact).toBe(true);
  expect((await world.find('?q=common')).body.total).toEqual({ value: MAX_CANDIDATES, exact: false });
  const [few, all] = [await cpuOf('rare'), await cpuOf('common')];
  process.stderr.write(`A search costs ${few.toFixed(2)} ms for ten hits, ${all.toFixed(2)} ms for ${many}\n`);
  expect(all / few).toBeLessThanOrEqual(5);
});
