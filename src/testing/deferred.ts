export interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
}

/** A promise that somebody else keeps: what a test holds back until the moment has come. */
export function deferred(): Deferred {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
