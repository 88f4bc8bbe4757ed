import { addMoved, dayOf, textsOfMoved, type Bucket, type Moved } from '../../../domain/reports/buckets/bucket';
import { factOfPosting } from '../../../domain/reports/buckets/facts';
import type { Database } from '../../../models/database';

interface Sum {
  count: number;
  moved: Moved;
}

/**
 * Compares the money in the buckets of a tenant with all postings of its ledger, by day, kind and currency: a posting
 * that no event's key names is in no bucket. Returns a sentence for each sum that differs.
 */
export async function comparePostings({
  database,
  tenantId,
}: {
  database: Pick<Database, 'models'>;
  tenantId: string;
}): Promise<string[]> {
  const { ledgerPostings, reportBuckets } = database.models;
  const [posted, counted] = [new Map<string, Sum>(), new Map<string, Sum>()];
  for await (const posting of ledgerPostings.find({ tenantId }).lean().cursor()) {
    const { at, kind, currency, moved } = factOfPosting(posting);
    add(posted, { day: dayOf(at), kind, currency, count: 1, moved });
  }
  const buckets = reportBuckets.find({ tenantId, source: 'posting' }, { quarters: 0 }).lean<Bucket[]>();
  for await (const bucket of buckets.cursor()) add(counted, bucket);
  return [...new Set([...posted.keys(), ...counted.keys()].toSorted())].flatMap((key) => {
    const [ours, theirs] = [textOf(counted.get(key)), textOf(posted.get(key))];
    return ours === theirs ? [] : [`${key} is ${ours}, and the ledger has ${theirs}`];
  });
}

function add(
  sums: Map<string, Sum>,
  { day, kind, currency, count, moved = {} }: Pick<Bucket, 'day' | 'kind' | 'currency' | 'count' | 'moved'>,
): void {
  const key = `${day} ${kind} ${currency}`;
  const sum = sums.get(key) ?? { count: 0, moved: {} };
  sum.count += count;
  addMoved(sum.moved, moved);
  sums.set(key, sum);
}

const textOf = ({ count, moved }: Sum = { count: 0, moved: {} }): string =>
  [`${count}`, ...textsOfMoved(moved)].join(', ');
