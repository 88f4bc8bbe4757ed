import { restartDelayMs } from './supervise.ts';

it('waits twice as long before each start in a row, half a minute at most', () => {
  expect([1, 2, 3, 7, 8, 50].map(restartDelayMs)).toEqual([500, 1_000, 2_000, 30_000, 30_000, 30_000]);
});
