import { secondsToWait } from './prefer-wait';

describe('Prefer: wait', () => {
  it.each([
    ['wait=10', 10],
    ['WAIT = "10"', 10],
    ['respond-async, wait=5', 5],
    ['handling=lenient; x=y, wait=5; z', 5],
    ['wait=3, wait=9', 3],
    ['wait=999999999999', 30],
    ['wait=0', 0],
    [`foo="${'x'.repeat(2000)}", wait=2`, 2],
    ['foo="a, wait=9", wait=2', 2],
    [String.raw`foo="a\", wait=9", wait=2`, 2],
  ])('%s', (prefer, seconds) => expect(secondsToWait(prefer)).toBe(seconds));

  it.each([
    undefined,
    '',
    'wait',
    'wait=',
    'wait=x',
    'wait=-1',
    'wait=1.5',
    'wait="1',
    'await=5',
    'return=minimal',
    'foo="wait=5"',
    'foo; wait=5',
    'wait=x, wait=5',
  ])('%s requests no wait', (prefer) => expect(secondsToWait(prefer)).toBeNull());
});
