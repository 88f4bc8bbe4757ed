/** Values that one query names at most. */
const SLICE = 1000;

/** Yields values in slices that one query may name. */
export function* slicesOf<Value>(values: readonly Value[]): Generator<Value[]> {
  for (let at = 0; at < values.length; at += SLICE) yield values.slice(at, at + SLICE);
}

/** Returns what a query finds for values, slice by slice. */
export async function inSlices<Value, Found>(
  values: readonly Value[],
  find: (slice: Value[]) => PromiseLike<Found[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const slice of slicesOf(values)) found.push(...(await find(slice)));
  return found;
}
