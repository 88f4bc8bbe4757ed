import { randomUUID } from 'node:crypto';
import { openDatabase, type Database } from '../../models/database';
import { ensureIndexes } from '../../models/ensure-indexes';

/** Puts a database name into the URI of the shared server. */
export function databaseUri(name: string, server = process.env.TEST_MONGODB_URI ?? ''): string {
  const uri = new URL(server);
  uri.pathname = `/${name}`;
  return uri.toString();
}

/** A database of the test's own on the shared server, with all collections and indexes; `drop` removes it. */
export async function openTestDatabase(
  server?: string,
): Promise<{ database: Database; uri: string; drop: () => Promise<void> }> {
  const uri = databaseUri(`test_${randomUUID().replaceAll('-', '').slice(0, 20)}`, server);
  const database = openDatabase({ uri, appName: 'test' });
  await database.connection.asPromise();
  await ensureIndexes(database);
  return {
    database,
    uri,
    async drop() {
      await database.connection.dropDatabase();
      await database.close();
    },
  };
}
