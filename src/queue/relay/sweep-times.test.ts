import { createSweepTimes } from './sweep-times';

const POLL_MS = 2000;
const SPACING_MS = 250;

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

/** Returns a lane's times after a first sweep at 0 ms, and the milliseconds until the next one. */
async function laneAfterSweep({ gatherMs = 0 } = {}) {
  const stopping = new AbortController();
  const times = createSweepTimes({ spacingMs: SPACING_MS, gatherMs, signal: stopping.signal });
  await times.next(0);
  const begun = Date.now();
  const nextSweep = async (atMostMs = POLL_MS): Promise<number> => {
    const sweptAt: number[] = [];
    void times.next(atMostMs).then(() => sweptAt.push(Date.now()));
    await jest.advanceTimersByTimeAsync(0);
    while (sweptAt.length === 0) await jest.advanceTimersByTimeAsync(1);
    return sweptAt[0]! - begun;
  };
  return { times, stopping, nextSweep, at: (ms: number) => new Date(begun + ms) };
}

test('a lane that nothing wakes is swept once in a poll', async () => {
  const { nextSweep } = await laneAfterSweep();
  expect([await nextSweep(), await nextSweep()]).toEqual([POLL_MS, 2 * POLL_MS]);
});

test('a wake-up sweeps an idle lane now, and a lane just swept when its spacing has passed', async () => {
  const { times, nextSweep, at } = await laneAfterSweep();
  times.wake(at(0));
  times.wake(at(0));
  expect(await nextSweep()).toBe(SPACING_MS);
  await jest.advanceTimersByTimeAsync(1000 - SPACING_MS);
  times.wake(at(1000));
  expect(await nextSweep()).toBe(1000);
  expect(await nextSweep()).toBe(1000 + POLL_MS);
});

test('a row that is due later is swept then, also when a poll comes before', async () => {
  const { times, nextSweep, at } = await laneAfterSweep();
  times.wake(at(900));
  times.wake(at(1200));
  expect(await nextSweep()).toBe(900);
  times.wake(at(900 + POLL_MS + 1000));
  expect(await nextSweep()).toBe(900 + POLL_MS);
  expect(await nextSweep()).toBe(900 + POLL_MS + 1000);
});

test('a clock that is set back holds up no sweep', async () => {
  const { times, at } = await laneAfterSweep();
  let isSwept = false;
  void times.next(POLL_MS).then(() => (isSwept = true));
  await jest.advanceTimersByTimeAsync(500);
  jest.setSystemTime(at(-600_000));
  await jest.advanceTimersByTimeAsync(POLL_MS - 500);
  expect(isSwept).toBe(true);
});

test('a lane that gathers waits after a wake-up for the rows behind it', async () => {
  const { times, nextSweep, at } = await laneAfterSweep({ gatherMs: 500 });
  times.wake(at(0));
  await jest.advanceTimersByTimeAsync(100);
  times.wake(at(100));
  expect(await nextSweep()).toBe(500);
});

test('the end of the relay ends the wait', async () => {
  const { stopping, nextSweep } = await laneAfterSweep();
  setTimeout(() => stopping.abort(), 300);
  expect(await nextSweep()).toBe(300);
});
