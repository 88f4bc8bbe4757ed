/**
 * Runs work on the same document one after another within this process. Transactions that write one document at the
 * same time abort each other, and few of them commit before their deadlines.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the work after all earlier work on the document, whatever became of that. Returns its result. */
  async run<T>(documentId: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(documentId) ?? Promise.resolve()).then(work);
    const ended = turn.catch(() => undefined);
    this.#last.set(documentId, ended);
    try {
      return await turn;
    } finally {
      if (this.#last.get(documentId) === ended) this.#last.delete(documentId);
    }
  }
}
