import { setTimeout as sleep } from 'node:timers/promises';

const POLL_EVERY_MS = 20;

/**
 * Returns a wait for conditions, of `withinMs` at most, which throws with the name of what it waited for; and the same
 * for a payment to be captured. Conditions are checked every `everyMs`, 20 by default.
 */
export function waits({ withinMs, everyMs = POLL_EVERY_MS }) {
  const until = async (isTrue, what) => {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      if (await isTrue()) return;
      await sleep(everyMs);
    }
    throw new Error(`Waited ${withinMs / 1000} s for ${what}`);
  };
  return {
    until,
    untilCaptured: ({ get, id }) =>
      until(async () => (await get(`/payments/${id}`)).state === 'captured', `${id} to be captured`),
  };
}

/** Calls `work` with 0, 1, … up to `count`, `places` of the calls at a time. */
export async function inParallel({ count, places }, work) {
  let next = 0;
  const runOneByOne = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: places }, runOneByOne));
}
