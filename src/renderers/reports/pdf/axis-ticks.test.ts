import * as fc from 'fast-check';
import { axisTicks } from './axis-ticks';

describe('axisTicks', () => {
  it.each([
    [[0, 11.49], false, [0, 5, 10, 15]],
    [[-10.5], false, [-15, -10, -5, 0]],
    [[0, 1], true, [0, 1]],
    [[0, 0.57], false, [0, 0.2, 0.4, 0.6]],
    [[0], false, [0, 0.5]],
  ])('%j, whole %s, has the ticks %j', (values, isWhole, ticks) => {
    expect(axisTicks({ values, isWhole }).map((tick) => Number(tick.toFixed(6)) + 0)).toEqual(ticks);
  });

  it('holds every value and zero, with two to seven ticks', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true }).map((each) => Math.round(each * 1000) / 1000);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.boolean(), (values, isWhole) => {
        const ticks = axisTicks({ values, isWhole });
        const [low = 0, high = 0] = [ticks[0], ticks.at(-1)];
        for (const each of [0, ...values]) expect(each >= low - 1e-9 && each <= high + 1e-9).toBe(true);
        expect(ticks.length >= 2 && ticks.length <= 7).toBe(true);
      }),
    );
  });
});
