/** Steps of an axis within a power of ten. */
const STEPS = [1, 2, 5, 10];
const ABOUT = 4;

/** Returns rising round numbers around all values and zero, at least two. */
export function axisTicks({ values, isWhole }: { values: readonly number[]; isWhole: boolean }): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / ABOUT));
  const step = (STEPS.find((each) => each * power * ABOUT >= span) ?? 10) * power;
  const size = isWhole ? Math.max(1, step) : step;
  const first = Math.floor(low / size);
  const last = Math.max(first + 1, Math.ceil(high / size));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * size);
}
