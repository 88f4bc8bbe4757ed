import { PUT_OFF_STALLS, StallWatch } from './stall-watch';

const LIMIT_MS = 8000;

interface Changes {
  own?: (ms: number) => string;
  children?: (ms: number) => string;
  ownPutOff?: (ms: number) => number;
  childrenPutOff?: (ms: number) => number;
}

/** Checks at the given instants; returns the first at which the process counts as stalled, or null. */
async function stalledAt(
  checks: readonly number[],
  { own = () => 'own', children = () => '', ownPutOff = () => 0, childrenPutOff = () => 0 }: Changes,
): Promise<{ ms: number | null; looks: number }> {
  let nowMs = 0;
  let looks = 0;
  const watch = new StallWatch(() => nowMs);
  for (const ms of checks) {
    nowMs = ms;
    const isStalled = await watch.isStalled({
      own: { progress: own(ms), putOff: ownPutOff(ms) },
      children: async () => {
        looks += 1;
        return { progress: children(ms), putOff: childrenPutOff(ms) };
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

it.each<[string, Changes]>([
  ['itself', { ownPutOff: (ms) => ms }],
  ['through a child', { childrenPutOff: (ms) => ms }],
])('a process that only waits for its turn, %s, is stalled after a multiple of the limit', async (_who, changes) => {
  const { ms } = await stalledAt(everySecond(60 * LIMIT_MS), changes);
  expect(ms).toBeGreaterThanOrEqual(PUT_OFF_STALLS * LIMIT_MS);
  expect(ms).toBeLessThanOrEqual((PUT_OFF_STALLS + 1) * LIMIT_MS);
});

it('a process whose child moves is not stalled, however long it waits for its own turn', async () => {
  const changes = { ownPutOff: (ms: number) => ms, children: changing(5000) };
  expect((await stalledAt(everySecond(60 * LIMIT_MS), changes)).ms).toBeNull();
});

it('a process that no longer tries to get its turn is stalled after the limit', async () => {
  const { ms } = await stalledAt(everySecond(60_000), { ownPutOff: (now) => Math.min(now, 10_000) });
  expect(ms).toBe(10_000 + LIMIT_MS);
});

it('the children are checked a few times within the limit, and not while the process moves', async () => {
  expect((await stalledAt(everySecond(60_000), { own: changing(1000) })).looks).toBe(0);
  expect((await stalledAt(everySecond(60_000), {})).looks).toBe(4);
});

it('time in which the machine was suspended is not held against a process', async () => {
  expect((await stalledAt([0, 1000, 3_600_000, 3_601_000], {})).ms).toBeNull();
});
