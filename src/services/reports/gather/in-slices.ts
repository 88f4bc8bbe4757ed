/** Values that one query names at most. */
const SLICE = 1000;

/** Returns what a query finds for values, slice by slice. */
export async function inSlices<Value, Found>(
  values: readonly Value[],
  find: (slice: Value[]) => PromiseLike<Found[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < values.length; at += SLICE) found.push(...(await find(values.slice(at, at + SLICE))));
  return found;
}
