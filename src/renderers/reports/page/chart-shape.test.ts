import { chartShape } from './chart-shape';

it('the texts of an axis differ, however small or large its steps are', () => {
  const { axisText } = chartShape({ title: 'Refunded, KWD', unit: 'money', currency: 'KWD', points: [] });
  for (const step of [0.001, 0.003, 0.25, 2.5, 30, 250, 2500, 25_000, 2_500_000]) {
    const texts = [0, 1, 2, 3, 4].map((count) => axisText(count * step));
    expect(new Set(texts).size).toBe(5);
  }
  expect([0.003, 0.25, 2500, 25_000, 2_500_000].map(axisText)).toEqual(['0.003', '0.25', '2.5K', '25K', '2.5M']);
});
