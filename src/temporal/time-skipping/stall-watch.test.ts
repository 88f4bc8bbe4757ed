import { StallWatch } from './stall-watch';

const LIMIT_MS = 8000;

/** Checks at the given instants; returns the first at which the process counts as stalled, or null. */
async function stalledAt(
  checks: readonly number[],
  { own = () => 'own', children = () => '' }: { own?: (ms: number) => string; children?: (ms: number) => string },
): Promise<{ ms: number | null; looks: number }> {
  let nowMs = 0;
  let looks = 0;
  const watch = new StallWatch(() => nowMs);
  for (const ms of checks) {
    nowMs = ms;
    const isStalled = await watch.isStalled({
      own: own(ms),
      children: async () => {
        looks += 1;
        return children(ms);
      },
      checkedAt: ms,
      limitMs: LIMIT_MS,
    });
    if (isStalled) return { ms, looks };
  }
  return { ms: null, looks };
}
const everySecond = (toMs: number) => Array.from({ length: toMs / 1000 + 1 }, (_, second) => second * 1000);
const changing =
  (everyMs: number, untilMs = Infinity) =>
  (ms: number) =>
    String(Math.floor(Math.min(ms, untilMs) / everyMs));

it('a process in which nothing moves is stalled after the limit', async () => {
  expect((await stalledAt(everySecond(20_000), {})).ms).toBe(LIMIT_MS);
});

it('a process that moves itself is never stalled', async () => {
  expect((await stalledAt(everySecond(60_000), { own: changing(7000) })).ms).toBeNull();
});

it('a process whose child moves is not stalled, however long it stands still itself', async () => {
  expect((await stalledAt(everySecond(60_000), { children: changing(5000) })).ms).toBeNull();
});

it('a process is stalled once its child has stood still for the limit', async () => {
  const { ms } = await stalledAt(everySecond(60_000), { children: changing(1000, 20_000) });
  expect(ms).toBeGreaterThanOrEqual(20_000 + LIMIT_MS);
  expect(ms).toBeLessThanOrEqual(20_000 + 1.25 * LIMIT_MS);
});

it('the children are checked a few times within the limit, and not while the process moves', async () => {
  expect((await stalledAt(everySecond(60_000), { own: changing(1000) })).looks).toBe(0);
  expect((await stalledAt(everySecond(60_000), {})).looks).toBe(4);
});

it('time in which the machine was suspended is not held against a process', async () => {
  expect((await stalledAt([0, 1000, 3_600_000, 3_601_000], {})).ms).toBeNull();
});
