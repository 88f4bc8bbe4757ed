/** The request is not accepted; nothing was done and nothing is recorded under its key. */
export class RequestRefused extends Error {
  constructor(
    readonly status: 400 | 401 | 404 | 405 | 413 | 422 | 429 | 503,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RequestRefused';
  }
}
