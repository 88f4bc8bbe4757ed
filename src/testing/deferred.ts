export interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
}

/** Returns a promise with the function that resolves it, so that a test can hold something back. */
export function deferred(): Deferred {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
