import { setTimeout } from 'node:timers/promises';
import { createdAtOf } from '../../../domain/ids';
import { idAfter } from '../../../domain/values/id-after';
import type { Database } from '../../../models/database';
import { settledAt } from '../until-settled';
import { areBucketsBuilt } from './buckets-progress';

const LOOK_EVERY_MS = 250;
/** A consumer that is this far behind is not waited for any longer. */
const GIVE_UP_MS = 600_000;

export interface MayReadBucketsInput {
  database: Database;
  tenantId: string;
  asOf: Date;
  /** The report, whose id carries the real time of the request. */
  reportId: string;
  /** Called while the consumer is waited for; throws to end the wait. */
  onWait: () => void;
}

/**
 * Waits until every event that was recorded up to `asOf` is counted. Returns false where the buckets are not built yet,
 * or ten minutes after the request: the source has to be read then.
 */
export async function mayReadBuckets({ onWait, ...input }: MayReadBucketsInput): Promise<boolean> {
  if (!(await areBucketsBuilt(input))) return false;
  const giveUpAt = createdAtOf(input.reportId).getTime() + GIVE_UP_MS;
  while (await hasUncounted(input)) {
    if (Date.now() > giveUpAt) return false;
    await setTimeout(LOOK_EVERY_MS);
    onWait();
  }
  return true;
}

/** A posting gets its time at another moment of its transaction than the event by which it is counted gets its id. */
async function hasUncounted({ database, tenantId, asOf }: Omit<MayReadBucketsInput, 'onWait'>): Promise<boolean> {
  const eventId = { $lt: idAfter('event', settledAt(asOf)) };
  return (await database.models.outbox.exists({ tenantId, open: true, pending: 'analytics', eventId })) !== null;
}
