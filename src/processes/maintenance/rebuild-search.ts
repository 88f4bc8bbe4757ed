import { readConfig } from '../../../config/env';
import { createMongoListingSearch } from '../../clients/search/mongo-listing-search';
import { openDatabase } from '../../models/database';
import { ensureCollection } from '../../models/ensure-indexes';
import { dropEntriesBeside, entriesBeside, swapEntries } from '../../models/listings/search-entry';
import { rebuildIndex } from '../../services/listings/search/rebuild-index';

export interface RebuildSearchInput {
  env: NodeJS.ProcessEnv;
  print: (line: string) => void;
}

/**
 * `--rebuild-search`. Builds the search index of listings anew beside the old one, and swaps the two; needed after a
 * change of how words are split or stemmed. Prints what was done; resolves to true when the index has every listing.
 */
export async function rebuildSearch({ env, print }: RebuildSearchInput): Promise<boolean> {
  const { mongodb } = readConfig({ env, role: 'rebuild-search' });
  const database = openDatabase({ uri: mongodb.uri, appName: 'partner-platform-rebuild-search', maxPoolSize: 5 });
  try {
    const connection = await database.connection.asPromise();
    await dropEntriesBeside(connection);
    const model = entriesBeside(connection);
    await ensureCollection(connection, model as never);
    const { listings, caughtUp, differing } = await rebuildIndex({
      database,
      beside: createMongoListingSearch({ model }),
      swap: () => swapEntries(connection),
      search: createMongoListingSearch({ model: database.models.listingSearchEntries }),
    });
    print(`${listings} listing(s) indexed, ${caughtUp} of them again because they changed meanwhile.`);
    if (differing > 0) print(`${differing} listing(s) have changed since; the reconciler indexes them.`);
    return differing === 0;
  } finally {
    await database.close();
  }
}
