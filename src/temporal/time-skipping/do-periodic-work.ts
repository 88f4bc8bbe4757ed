import { SAME_HOP_MS } from '../../domain/sandbox/sandbox-clock';
import { listingSweep } from './listings/listing-sweep';
import type { ArrivalWork, PeriodicWork, TenantInput } from './periodic-work';
import { dueReports } from './reports/due-reports';

const workByDomain = {
  listings: [listingSweep],
};
const allWork: readonly PeriodicWork[] = Object.values(workByDomain).flat();

const arrivalWork: readonly ArrivalWork[] = [dueReports];

/** Does the work that waits until the tenant's clock has arrived, be it earlier than it was meant to. */
export async function runArrivalWork(tenant: TenantInput): Promise<void> {
  for (const run of arrivalWork) await run(tenant);
}

/** Does the periodic work of a tenant that is due at a business time (ms). */
export async function runPeriodicWork({ atMs, ...tenant }: TenantInput & { atMs: number }): Promise<void> {
  for (const { run } of allWork) await run({ ...tenant, at: new Date(atMs) });
}

export interface EndHopAtWorkInput extends TenantInput {
  nowMs: number;
  /** The end of the hop as the workflows allow it. */
  hopMs: number;
}

/**
 * Returns the end of a hop (ms) that may end earlier, for periodic work to be done in its own time: at the next instant
 * at which something is due, or at the last one that follows it within 5 minutes, as a schedule would do them together.
 */
export async function endHopAtWork({ nowMs, hopMs, ...tenant }: EndHopAtWorkInput): Promise<number> {
  const first = await findDueMs({ ...tenant, fromMs: nowMs + 1, untilMs: hopMs });
  if (first === null) return hopMs;
  const last = await findDueMs({ ...tenant, fromMs: first, untilMs: Math.min(hopMs, first + SAME_HOP_MS), last: true });
  return last ?? first;
}

async function findDueMs({
  fromMs,
  untilMs,
  last = false,
  ...tenant
}: TenantInput & { fromMs: number; untilMs: number; last?: boolean }): Promise<number | null> {
  const range = { from: new Date(fromMs), until: new Date(untilMs) };
  const found = await Promise.all(allWork.map(({ findDue }) => findDue({ ...tenant, range, last })));
  const instants = found.filter((instant) => instant !== null).map((instant) => instant.getTime());
  if (instants.length === 0) return null;
  return last ? Math.max(...instants) : Math.min(...instants);
}
