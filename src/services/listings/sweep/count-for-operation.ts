import type { ClientSession } from 'mongoose';
import type { SweepCounts } from '../../../contracts/operation';
import type { SweepPageInput } from './due-listings';

export interface CountForOperationInput extends Pick<SweepPageInput, 'database' | 'operationId'> {
  session: ClientSession;
  counts: Partial<SweepCounts>;
}

/** Adds to the counts of the operation that ordered the sweep, within the transaction that did the work. */
export async function countForOperation({
  database: { models },
  session,
  operationId,
  counts,
}: CountForOperationInput): Promise<void> {
  if (operationId === undefined) return;
  const added = Object.fromEntries(Object.entries(counts).map(([name, count]) => [`sweep.counts.${name}`, count]));
  await models.operations.updateOne({ _id: operationId }, { $inc: { ...added, version: 1 } }, { session });
}
