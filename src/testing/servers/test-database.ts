import { openDatabase, type Database } from '../../models/database';
import { ensureIndexes } from '../../models/ensure-indexes';
import { inBatches } from '../in-batches';
import { waitFor } from '../wait-for';
import { takePlace } from './place';
import { recordQueries } from './record-queries';

/** Created last, so a database with this collection has every collection and index. */
const COMPLETE = 'test_database_is_complete';

/** Returns the URI of a database on the shared server. */
export function databaseUri(name: string, server = process.env.TEST_MONGODB_URI ?? ''): string {
  const uri = new URL(server);
  uri.pathname = `/${name}`;
  return uri.toString();
}

export interface TestDatabase {
  database: Database;
  uri: string;
  /** Releases the database: the next test file of this jest worker empties and reuses it. */
  drop: () => Promise<void>;
}

/**
 * Opens an empty database on the shared server with all collections and indexes. These are created once per jest
 * worker: creating them takes seconds, emptying them a tenth of a second.
 */
export async function openTestDatabase(server?: string): Promise<TestDatabase> {
  const { name, leave } = takePlace('test');
  const uri = databaseUri(name, server);
  // A busy machine takes longer than production waits.
  const database = openDatabase({ uri, appName: 'test', unavailableAfterMs: 20_000, monitorCommands: true });
  recordQueries({ database, uri });
  const what = 'an empty test database';
  await waitFor(() => emptyOrMake(database).then(() => true), { what });
  return {
    database,
    uri,
    async drop() {
      await database.close();
      leave();
    },
  };
}

async function emptyOrMake(database: Database): Promise<void> {
  const { connection, models } = database;
  await database.ping();
  const collections = await connection.listCollections();
  if (collections.some(({ name }) => name === COMPLETE)) {
    await inBatches(Object.values(models), ({ collection }) => collection.deleteMany({}), { size: 4 });
    return;
  }
  await ensureIndexes(database);
  await connection.createCollection(COMPLETE);
}
