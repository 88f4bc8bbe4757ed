import { AdaptiveLimit } from './adaptive-limit';

const DEADLINE_MS = 1800;
const STEP_MS = 10;

interface CrowdInput {
  /** Callers, each of which repeats its request half a second after a refusal, and sends the next after a response. */
  callers: number;
  /** Requests that the process finishes in a second; they share its time evenly. */
  perSecond: number;
  seconds: number;
  limitOf: (underWay: number) => boolean;
  limit: AdaptiveLimit;
  clock: { nowMs: number };
}

/** Plays a process whose work is divided evenly among its requests. Returns the responses in time of each second. */
function play({ callers, perSecond, seconds, limitOf, limit, clock }: CrowdInput): number[] {
  const sleeping = Array.from({ length: callers }, () => clock.nowMs);
  let underWay: { begunAtMs: number; workLeft: number }[] = [];
  const inTime: number[] = [];
  const endsAtMs = clock.nowMs + seconds * 1000;
  for (let second = 0; clock.nowMs < endsAtMs;) {
    inTime[second] ??= 0;
    for (let caller = sleeping.length - 1; caller >= 0; caller -= 1) {
      if (sleeping[caller]! > clock.nowMs) continue;
      if (limitOf(underWay.length)) {
        sleeping.splice(caller, 1);
        underWay.push({ begunAtMs: clock.nowMs, workLeft: 1 });
        limit.began();
      } else sleeping[caller] = clock.nowMs + 500;
    }
    clock.nowMs += STEP_MS;
    const share = (perSecond * STEP_MS) / 1000 / underWay.length;
    underWay = underWay.filter((request) => {
      request.workLeft -= share;
      const isLate = clock.nowMs - request.begunAtMs > DEADLINE_MS;
      if (request.workLeft > 0 && !isLate) return true;
      limit.ended({ isLate });
      if (!isLate) inTime[second]! += 1;
      sleeping.push(clock.nowMs + (isLate ? 500 : 0));
      return false;
    });
    second = Math.floor((seconds * 1000 - (endsAtMs - clock.nowMs)) / 1000);
  }
  return inTime.slice(0, seconds);
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the limit of requests at a time', () => {
  const max = 1000;
  let clock: { nowMs: number };
  let limit: AdaptiveLimit;
  beforeEach(() => {
    clock = { nowMs: 0 };
    limit = new AdaptiveLimit({ max, nowMs: () => clock.nowMs });
  });
  const adapted = (underWay: number): boolean => underWay < limit.value;

  it.each([
    [400, 20],
    [400, 60],
    [2000, 200],
  ])('%d callers who repeat their requests get most of %d responses a second', (callers, perSecond) => {
    const fixed = play({ callers, perSecond, seconds: 60, limitOf: (underWay) => underWay < max, limit, clock });
    expect(sum(fixed.slice(30))).toBeLessThan(0.1 * 30 * perSecond);
    limit = new AdaptiveLimit({ max, nowMs: () => clock.nowMs });
    const inTime = play({ callers, perSecond, seconds: 60, limitOf: adapted, limit, clock });
    expect(sum(inTime.slice(10, 30))).toBeGreaterThan(0.75 * 20 * perSecond);
    expect(sum(inTime.slice(30))).toBeGreaterThan(0.8 * 30 * perSecond);
    expect(limit.isReduced).toBe(true);
  });

  it('refuses nobody while requests end in time, and is whole again soon after they do', () => {
    play({ callers: 400, perSecond: 20, seconds: 30, limitOf: adapted, limit, clock });
    expect(limit.value).toBeLessThan(100);
    play({ callers: 20, perSecond: 400, seconds: 90, limitOf: adapted, limit, clock });
    expect([limit.value, limit.isReduced]).toEqual([max, false]);
  });

  it('takes a pause for good seconds', () => {
    play({ callers: 400, perSecond: 20, seconds: 30, limitOf: adapted, limit, clock });
    clock.nowMs += 60_000;
    limit.began();
    limit.ended({ isLate: false });
    expect(limit.value).toBe(max);
  });

  it('stays whole where a few requests alone are late', () => {
    for (let second = 0; second < 60; second += 1) {
      clock.nowMs += 1000;
      limit.began();
      limit.ended({ isLate: true });
    }
    expect(limit.isReduced).toBe(false);
  });
});
