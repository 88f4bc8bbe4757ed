import { setImmediate } from 'node:timers/promises';
import { VersionWatcher } from './version-watcher';

/** A collection of two documents that counts its queries. */
function openCollection() {
  const versions = new Map([
    ['a', 1],
    ['b', 1],
  ]);
  let queries = 0;
  const model = {
    find: ({ _id: { $in: ids } }: { _id: { $in: string[] } }) => ({
      lean: async () => {
        queries += 1;
        return ids.filter((id) => versions.has(id)).map((_id) => ({ _id, version: versions.get(_id) }));
      },
    }),
  };
  return { versions, watcher: VersionWatcher.of(model as never), queries: () => queries, model };
}

const isOver = () => false;

describe('the watcher of versions', () => {
  it('ends the waits of a changed and of a deleted document, with one query a round for all', async () => {
    const { versions, watcher, queries } = openCollection();
    const ended: string[] = [];
    const waits = Array.from({ length: 500 }, (_, index) => {
      const id = index % 2 === 0 ? 'a' : 'b';
      return watcher.changed({ tenantId: 'ptn_1:live', id, version: 1, isOver }).then(() => ended.push(id));
    });
    while (queries() < 2) await setImmediate();
    expect(ended).toEqual([]);
    versions.set('a', 2);
    await Promise.all(waits.filter((_, index) => index % 2 === 0));
    expect(new Set(ended)).toEqual(new Set(['a']));
    versions.delete('b');
    await Promise.all(waits);
    const rounds = queries();
    expect(rounds).toBeLessThan(20);
  });

  it('ends a wait that is over, and stops querying when nobody waits', async () => {
    const { watcher, queries } = openCollection();
    await watcher.changed({ tenantId: 'ptn_1:live', id: 'a', version: 1, isOver: () => true });
    const rounds = queries();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(queries()).toBe(rounds);
  });

  it('is one per collection', () => {
    const { model, watcher } = openCollection();
    expect(VersionWatcher.of(model as never)).toBe(watcher);
  });
});
