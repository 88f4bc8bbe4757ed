import { measureLag } from './measure-lag';

it('measures the longest time by which a timer was late', async () => {
  const lateMs = [3, 700, 20];
  let clockMs = 0;
  let end: Promise<number> | undefined;
  const measured = measureLag({
    now: () => clockMs,
    tick: async (ms) => {
      clockMs += ms + lateMs.shift()!;
      if (lateMs.length === 0) end = measured();
    },
  });
  await new Promise(setImmediate);
  expect(await end).toBe(700);
});
