const taken = new Set<string>();

export interface Place {
  /** The same for the next test file of this jest worker; differs between runs, workers and things open at one time. */
  name: string;
  leave: () => void;
}

/**
 * Takes the first free place of its kind in this jest worker. A worker runs one test file at a time, so what one file
 * made at a place the next file takes over, and nobody else.
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
