/** Eight cells of a matrix keep two cores busy; more only wait for each other until their time limits pass. */
const BATCH_SIZE = 8;

export interface InBatchesOptions {
  /** Defaults to 8. */
  size?: number;
}

/**
 * Runs `act` over all items, at most `size` at the same time, and returns the results in the order of the items.
 * Every item runs to its end even after another one failed; then the first failure, by position, is thrown.
 */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
  { size = BATCH_SIZE }: InBatchesOptions = {},
): Promise<Result[]> {
  const settled: PromiseSettledResult<Result>[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      [settled[index]] = await Promise.allSettled([act(items[index]!, index)]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, takeTurns));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
