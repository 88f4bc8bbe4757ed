import type { Connection, Model } from 'mongoose';
import type { Database } from './database';

const NAMESPACE_EXISTS = 48;

/**
 * Creates every collection and index, one after another, before the process serves requests: some servers fail when
 * collections are created during other writes. Harmless when they exist; several processes may run this at the same
 * time.
 */
export async function ensureIndexes({ connection, models }: Database): Promise<void> {
  for (const model of Object.values(models)) await ensureCollection(connection, model as unknown as Model<object>);
}

/** Creates the collection of a model with its indexes. Harmless when they exist. */
export async function ensureCollection(connection: Connection, model: Model<object>): Promise<void> {
  await connection.createCollection(model.collection.collectionName).catch((error: { code?: number }) => {
    if (error.code !== NAMESPACE_EXISTS) throw error;
  });
  for (const [fields, options] of model.schema.indexes()) {
    const { background: _background, ...kept } = options as Record<string, unknown>;
    await model.collection.createIndex(fields as Record<string, 1 | -1>, kept);
  }
}
