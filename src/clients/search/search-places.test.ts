import { setImmediate as settled } from 'node:timers/promises';
import type { Model } from 'mongoose';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { createMongoListingSearch } from './mongo-listing-search';
import { createSearchPlaces } from './search-places';
import { searchFor } from './tests/searchable';

const patient = { leftMs: 1000, throwIfOver: () => undefined };

it('holds the candidates of a few searches at a time, and keeps places for other tenants', async () => {
  const reads: { tenantId: string; end: () => void }[] = [];
  const find = ({ tenantId }: { tenantId: string }) => ({
    toArray: () => new Promise((resolve) => reads.push({ tenantId, end: () => resolve([]) })),
  });
  const search = createMongoListingSearch({ model: { collection: { find } } as unknown as Model<SearchEntry> });
  const ask = (tenantId: string) => search.query(searchFor(tenantId));
  const asked = Array.from({ length: 20 }, () => ask('ptn_1:live'));
  await settled();
  expect(reads).toHaveLength(4);
  asked.push(ask('ptn_2:live'));
  await settled();
  expect(reads.map(({ tenantId }) => tenantId)).toEqual([...Array<string>(4).fill('ptn_1:live'), 'ptn_2:live']);
  for (let ended = 0; ended < asked.length; ended += 1) {
    reads[ended]!.end();
    await settled();
  }
  expect(await Promise.all(asked)).toHaveLength(21);
});

it('begins no search for which nobody waits any more, and gives its place to the next', async () => {
  const places = createSearchPlaces(1);
  const begun: string[] = [];
  let end = (): void => undefined;
  const over = {
    leftMs: 0,
    throwIfOver: () => {
      throw new Error('Nobody waits');
    },
  };
  const run = (name: string, deadline: typeof patient | typeof over, until = Promise.resolve()) =>
    places.run({ tenantId: 'ptn_1:live', deadline }, () => (begun.push(name), until));
  const first = run('first', patient, new Promise((resolve) => (end = resolve)));
  const second = expect(run('second', over)).rejects.toThrow('Nobody waits');
  const third = run('third', patient);
  end();
  await Promise.all([first, second, third]);
  expect(begun).toEqual(['first', 'third']);
});
