import type { SweepCursor } from '../../../contracts/listings/expiration';
import { dueFilter, type Due, type DueRange, type SweepPageInput, type SweepScope } from './due-listings';
import { expireDueListings } from './expire-due';
import { replanWhereOrdered } from './replan-notices';
import { sendDueNotices } from './send-notices';

export interface TenantInput extends SweepScope {
  tenantId: string;
}

/** Expires what has ended for a tenant at a business time, and sends the notices that are due. */
export async function sweepTenant(input: TenantInput & { at: Date }): Promise<void> {
  await replanWhereOrdered(input);
  for (const step of [expireDueListings, sendDueNotices]) await throughPages(input, step);
}

async function throughPages(
  input: TenantInput & { at: Date },
  step: (page: SweepPageInput) => Promise<{ next: SweepCursor | null }>,
): Promise<void> {
  let after: SweepCursor | null = null;
  do ({ next: after } = await step({ ...input, after }));
  while (after);
}

/** Returns the first, or with `last` the last, instant in a range at which a sweep of the tenant has work; or null. */
export async function findDueInstant({
  database: { models },
  tenantId,
  range,
  last = false,
}: TenantInput & { range: DueRange; last?: boolean }): Promise<Date | null> {
  const find = async (due: Due): Promise<Date | null> => {
    const filter = dueFilter(due, { tenantId }, range);
    const order = last ? -1 : 1;
    const found = await models.listings
      .findOne(filter, { expiresAt: 1, nextNoticeAt: 1 })
      .sort({ [due]: order, _id: order })
      .lean();
    return found?.[due] ?? null;
  };
  const found = (await Promise.all([find('expiresAt'), find('nextNoticeAt')])).filter((instant) => instant !== null);
  const [first = null] = found.toSorted((one, other) => (one.getTime() - other.getTime()) * (last ? -1 : 1));
  return first;
}
