import type { Database } from '../../../models/database';

/** The form of the buckets and what is counted in them. Raised with any change: all are counted again then. */
export const BUCKETS_FORM = 1;

/** The document in which the reconciler keeps its progress. */
const RECONCILER = 'reconciler';

/** True once the reconciler has counted everything of before the buckets. */
export const areBucketsBuilt = async ({ database }: { database: Database }): Promise<boolean> =>
  (await database.models.reconcilerStates.exists({
    _id: RECONCILER,
    'buckets.form': BUCKETS_FORM,
    'buckets.built': true,
  })) !== null;
