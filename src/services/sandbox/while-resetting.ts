import { DomainError } from '../../domain/domain-error';
import { newId } from '../../domain/ids';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { SandboxClock } from '../../models/sandbox/sandbox-clock';

/**
 * A reset that shows no sign of life for this long counts as dead, and the sandbox accepts requests again; real time.
 */
const HELD_MS = 30_000;
const RENEW_EVERY_MS = 5000;

interface TenantInput {
  database: Database;
  tenantId: string;
}

/**
 * Rejects once the reset no longer holds the sandbox: documents read before it resolves were not accepted after the
 * reset.
 */
export type RequireHeld = () => Promise<void>;

/**
 * Empties a sandbox while nothing is accepted for it: from before `work` until after it, every request that would write
 * gets `SANDBOX_RESETTING`. One reset at a time; a reset whose process died holds the sandbox for 30 s at most.
 *
 * @throws DomainError `SANDBOX_RESETTING` while another reset runs, or when this one stood still for so long that it
 *   lost its hold.
 */
export async function whileResetting<T>(
  { database, tenantId }: TenantInput,
  work: (requireHeld: RequireHeld) => Promise<T>,
): Promise<T> {
  const { sandboxClocks } = database.models;
  const by = newId('event');
  const held = { _id: tenantId, 'resetting.by': by };
  const lease = () => ({ by, until: new Date(Date.now() + HELD_MS) });
  const free = { $or: [{ resetting: null }, { 'resetting.until': { $lte: new Date() } }] };
  await sandboxClocks
    .updateOne(
      { _id: tenantId, ...free },
      {
        $set: { resetting: lease(), updatedAt: new Date() },
        $inc: { resets: 1 },
        $setOnInsert: { tenantId, offsetMs: 0, advancing: null },
      },
      { upsert: true },
    )
    .catch((error: unknown) => {
      throw isDuplicateKey(error) ? resetInProgress() : error;
    });
  const requireHeld = async (): Promise<void> => {
    const { matchedCount } = await sandboxClocks.updateOne(held, { $set: { resetting: lease() } });
    if (matchedCount === 0) throw resetInProgress();
  };
  const renewing = setInterval(() => void requireHeld().catch(() => undefined), RENEW_EVERY_MS);
  try {
    return await work(requireHeld);
  } finally {
    clearInterval(renewing);
    // If the release cannot be written now, the lease expires after HELD_MS.
    await sandboxClocks.updateOne(held, { $set: { resetting: null } }).catch(() => undefined);
  }
}

/** Sets the clock of a sandbox whose data is gone to real time. */
export async function rewindClock({ database, tenantId }: TenantInput): Promise<void> {
  await database.models.sandboxClocks.updateOne(
    { _id: tenantId },
    { $set: { offsetMs: 0, advancing: null, updatedAt: new Date() } },
  );
}

/** What a request needs to know of its tenant's clock. */
export interface SandboxReading {
  /** The tenant's business time. */
  now: Date;
  /**
   * The number of resets of the sandbox. An equal number before and after a write proves that no reset began between,
   * so that the written documents exist.
   */
  resets: number;
}

/**
 * Reads a sandbox's clock; other tenants have real time and no resets, without a look-up.
 *
 * @throws DomainError `SANDBOX_RESETTING` while a reset runs.
 */
export async function readSandbox({ database, tenantId }: TenantInput): Promise<SandboxReading> {
  if (tenantOf(tenantId).mode !== 'sandbox') return { now: new Date(), resets: 0 };
  const clock = await database.models.sandboxClocks.findById(tenantId, { offsetMs: 1, resets: 1, resetting: 1 }).lean();
  requireNoReset(clock);
  return { now: new Date(Date.now() + (clock?.offsetMs ?? 0)), resets: clock?.resets ?? 0 };
}

/** Throws `SANDBOX_RESETTING` when another reset has begun since `resets` was counted. */
export async function requireNoResetSince({
  database,
  tenantId,
  resets,
}: TenantInput & { resets: number }): Promise<void> {
  if ((await readSandbox({ database, tenantId })).resets !== resets) throw resetInProgress();
}

/** Throws `SANDBOX_RESETTING` while a reset holds the sandbox. */
export function requireNoReset(clock: Pick<SandboxClock, 'resetting'> | null): void {
  if (clock?.resetting && clock.resetting.until.getTime() > Date.now()) throw resetInProgress();
}

const resetInProgress = (): DomainError =>
  new DomainError(
    'SANDBOX_RESETTING',
    'The sandbox is being emptied and accepts no requests. ' +
      'Repeat the request until the reset is done, and where it had an Idempotency-Key, with the same one.',
  );
