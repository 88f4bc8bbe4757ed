import type { Database } from '../src/models/database';
import { documents } from './seed';

/** A query that answers at once, whatever is chained to it. */
function answering(value: unknown): unknown {
  const query: unknown = new Proxy(() => query, {
    get: (_target, name) => (name === 'then' ? (resolve: (answer: unknown) => void) => resolve(value) : () => query),
    apply: () => query,
  });
  return query;
}

/** A database whose answers are made up: what is left is the cost of everything of ours around it. */
export function stubDatabase({ keyHash }: { keyHash: string }): Database {
  const found: Record<string, unknown> = { partners: documents.partner, apiKeys: documents.apiKey(keyHash), users: documents.user };
  const modelOf = (name: string) =>
    new Proxy({}, { get: (_target, method) => (method === 'insertMany' ? async () => [] : () => answering(method === 'find' ? [] : (found[name] ?? null))) });
  const models = new Proxy({}, { get: (_target, name) => modelOf(String(name)) });
  return {
    models,
    connection: {},
    inTransaction: (work: (session: never) => Promise<unknown>) => work({} as never),
    ping: async () => undefined,
    close: async () => undefined,
  } as unknown as Database;
}
