import { Deadline } from './deadline';

let expired: number;
const begin = (ms: number): Deadline => new Deadline(ms, () => (expired += 1));
beforeEach(() => {
  expired = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

describe('a deadline', () => {
  it('passes once, when its time is up', () => {
    const deadline = begin(1800);
    jest.advanceTimersByTime(1799);
    expect([deadline.passed, expired]).toEqual([false, 0]);
    deadline.throwIfPassed();
    jest.advanceTimersByTime(2);
    expect([deadline.passed, expired]).toEqual([true, 1]);
    expect(() => deadline.throwIfPassed()).toThrow(expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' }));
    deadline.restart(1000);
    jest.advanceTimersByTime(5000);
    expect(expired).toBe(1);
  });

  it.each([1000, 5000, 60_000])('stands still while a body takes %d ms, and then has the time that was left', (ms) => {
    const deadline = begin(1800);
    jest.advanceTimersByTime(300);
    deadline.pause();
    jest.advanceTimersByTime(ms);
    deadline.resume();
    jest.advanceTimersByTime(1499);
    expect(expired).toBe(0);
    jest.advanceTimersByTime(2);
    expect(expired).toBe(1);
  });

  it.each([
    ['later', 4000],
    ['earlier', 100],
  ])('can be moved to a %s time', (_when, ms) => {
    const deadline = begin(1800);
    jest.advanceTimersByTime(50);
    deadline.restart(ms);
    jest.advanceTimersByTime(ms - 1);
    expect(expired).toBe(0);
    jest.advanceTimersByTime(2);
    expect(expired).toBe(1);
  });

  it('keeps the time that it was given during a pause', () => {
    const deadline = begin(1800);
    deadline.pause();
    deadline.restart(4000);
    deadline.resume();
    jest.advanceTimersByTime(3999);
    expect(expired).toBe(0);
    jest.advanceTimersByTime(2);
    expect(expired).toBe(1);
  });

  it.each([
    ['passed', () => jest.advanceTimersByTime(1801)],
    ['cleared, because the caller is gone', (deadline: Deadline) => deadline.clear()],
  ])('knows the time that is left, and ends reads once it is %s', (_when, end) => {
    const deadline = begin(1800);
    jest.advanceTimersByTime(300);
    expect(deadline.leftMs).toBe(1500);
    deadline.pause();
    jest.advanceTimersByTime(1000);
    deadline.throwIfOver();
    expect(deadline.leftMs).toBe(1500);
    deadline.resume();
    end(deadline);
    expect(deadline.leftMs).toBe(0);
    expect(() => deadline.throwIfOver()).toThrow(expect.objectContaining({ code: 'DATABASE_UNAVAILABLE' }));
  });

  it('never passes once it is cleared', () => {
    const deadline = begin(1800);
    deadline.pause();
    deadline.resume();
    deadline.clear();
    jest.advanceTimersByTime(5000);
    expect(expired).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives once the time for which the process itself stood still', async () => {
    jest.useRealTimers();
    const deadline = begin(5);
    standStill(300);
    await timersFired();
    expect([deadline.passed, deadline.leftMs > 0]).toEqual([false, true]);
    standStill(700);
    await timersFired();
    expect([deadline.passed, expired]).toEqual([true, 1]);
  });
});

/** Resolves once the timers that are due have fired: in the turn of the event loop after this one. */
async function timersFired(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

function standStill(ms: number): void {
  const endsAtMs = performance.now() + ms;
  while (performance.now() < endsAtMs);
}
