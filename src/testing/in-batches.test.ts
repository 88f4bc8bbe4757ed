import { setImmediate } from 'node:timers/promises';
import { inBatches } from './in-batches';

describe('inBatches', () => {
  it('runs at most eight items at the same time and returns results in order', async () => {
    let running = 0;
    let most = 0;
    const results = await inBatches(
      Array.from({ length: 30 }, (_, index) => index),
      async (item) => {
        most = Math.max(most, ++running);
        for (let turns = 30 - item; turns > 0; turns -= 1) await setImmediate();
        running -= 1;
        return item * 2;
      },
    );
    expect(most).toBe(8);
    expect(results).toEqual(Array.from({ length: 30 }, (_, index) => index * 2));
  });

  it('runs every item to its end and then throws the first failure by position', async () => {
    const ended: number[] = [];
    const running = inBatches(
      [0, 1, 2, 3],
      async (item) => {
        if (item === 1) throw new Error('one');
        await setImmediate();
        ended.push(item);
        if (item === 0) throw new Error('zero');
      },
      { size: 2 },
    );
    await expect(running).rejects.toThrow('zero');
    expect(ended).toEqual([0, 2, 3]);
  });

  it('returns nothing for no items', async () => {
    expect(await inBatches([], async () => 1)).toEqual([]);
  });
});
