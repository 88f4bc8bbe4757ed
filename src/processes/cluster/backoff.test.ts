import { createBackoff } from './backoff';

it('pauses become longer with every death, up to 15 s, and short again after a minute without one', () => {
  const clock = { ms: 0 };
  const { nextPauseMs, started } = createBackoff({ now: () => clock.ms });
  expect(Array.from({ length: 8 }, nextPauseMs)).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  started();
  clock.ms += 59_999;
  expect(nextPauseMs()).toBe(15_000);
  started();
  clock.ms += 60_000;
  expect(nextPauseMs()).toBe(250);
});
