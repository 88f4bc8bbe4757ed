const taken = new Set<string>();

export interface Place {
  /** Differs between runs, jest workers and places open at one time; the next test file of the worker gets it again. */
  name: string;
  leave: () => void;
}

/**
 * Takes the first free place of a kind in this jest worker. A worker runs one test file at a time, so the next file
 * reuses what one file created at a place.
 */
export function takePlace(kind: string): Place {
  const { TEST_RUN = 'alone', JEST_WORKER_ID = '1' } = process.env;
  let index = 1;
  const nameOf = () => `${kind}-${TEST_RUN}-${JEST_WORKER_ID}-${index}`;
  while (taken.has(nameOf())) index += 1;
  const name = nameOf();
  taken.add(name);
  return { name, leave: () => void taken.delete(name) };
}
