import { setImmediate as settled } from 'node:timers/promises';
import type { Model } from 'mongoose';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { createMongoListingSearch, MAX_MERGED } from './mongo-listing-search';
import { createSearchPlaces } from './search-places';
import { searchFor } from './tests/searchable';

const patient = { leftMs: 1000, throwIfOver: () => undefined };

it('holds the candidates of a few searches at a time, and keeps places for others', async () => {
  const reads: { tenantId: string; end: () => void }[] = [];
  const find = ({ tenantId }: { tenantId: string }) => ({
    toArray: () => new Promise((resolve) => reads.push({ tenantId, end: () => resolve([]) })),
  });
  const search = createMongoListingSearch({ model: { collection: { find } } as unknown as Model<SearchEntry> });
  const ask = (tenantId: string, sharer = tenantId) => search.query(searchFor(tenantId, { sharer }));
  const asked = Array.from({ length: 20 }, () => ask('ptn_1:live'));
  await settled();
  expect(reads).toHaveLength(4);
  asked.push(ask('ptn_2:live'), ask('ptn_1:live', 'ptn_1:live:visitors'));
  await settled();
  expect(reads.map(({ tenantId }) => tenantId).slice(4)).toEqual(['ptn_2:live', 'ptn_1:live']);
  for (let ended = 0; ended < asked.length; ended += 1) {
    reads[ended]!.end();
    await settled();
  }
  expect(await Promise.all(asked)).toHaveLength(22);
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
    places.run({ sharer: 'ptn_1:live', deadline }, () => (begun.push(name), until));
  const first = run('first', patient, new Promise((resolve) => (end = resolve)));
  const second = expect(run('second', over)).rejects.toThrow('Nobody waits');
  const third = run('third', patient);
  end();
  await Promise.all([first, second, third]);
  expect(begun).toEqual(['first', 'third']);
});

it('lets a few searches of a sharer wait for each place, and refuses the next', async () => {
  const places = createSearchPlaces(1);
  let end = (): void => undefined;
  const first = new Promise<void>((resolve) => (end = resolve));
  const run = (sharer: string, until = Promise.resolve()) => places.run({ sharer, deadline: patient }, () => until);
  const asked = [run('ptn_1:live', first), ...Array.from({ length: 4 }, () => run('ptn_1:live'))];
  await expect(run('ptn_1:live')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  asked.push(run('ptn_2:live'));
  end();
  expect(await Promise.all(asked)).toHaveLength(6);
});

it('reads on only while the caller waits, each read for the time that is left', async () => {
  const times: number[] = [];
  let leftMs = 1000;
  const deadline = {
    get leftMs() {
      return leftMs;
    },
    throwIfOver: () => {
      if (leftMs <= 0) throw new Error('Nobody waits');
    },
  };
  const find = (_filter: object, { maxTimeMS }: { maxTimeMS: number }) => ({
    toArray: async () => {
      times.push(maxTimeMS);
      leftMs -= 600;
      return [];
    },
  });
  const search = createMongoListingSearch({ model: { collection: { find } } as unknown as Model<SearchEntry> });
  const categories = Array.from({ length: 3 * MAX_MERGED }, (_, index) => `category-${index}`);
  await expect(search.query(searchFor('ptn_1:live', { categories, deadline }))).rejects.toThrow('Nobody waits');
  expect(times).toEqual([1000, 400]);
});
