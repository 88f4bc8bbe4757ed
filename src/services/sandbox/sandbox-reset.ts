import { DomainError } from '../../domain/domain-error';
import { newId } from '../../domain/ids';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { SandboxClock } from '../../models/sandbox/sandbox-clock';

/** After so long without a sign of life a reset counts as dead, and the sandbox takes requests again; real time. */
const HELD_MS = 30_000;
const RENEW_EVERY_MS = 5000;

interface TenantInput {
  database: Database;
  tenantId: string;
}

/**
 * Rejects once the reset no longer holds the sandbox: what is read before it resolves was not accepted after the reset.
 */
export type RequireHeld = () => Promise<void>;

/**
 * Empties a sandbox while nothing is accepted for it: from before `work` until after it, every request that would write
 * is answered with `SANDBOX_RESETTING`. One reset at a time; one whose process died holds the sandbox for 30 s at most.
 *
 * @throws DomainError `SANDBOX_RESETTING` while another one runs, or when this one stood still for so long that it lost
 *   its hold.
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
      throw isDuplicateKey(error) ? beingReset() : error;
    });
  const requireHeld = async (): Promise<void> => {
    const { matchedCount } = await sandboxClocks.updateOne(held, { $set: { resetting: lease() } });
    if (matchedCount === 0) throw beingReset();
  };
  const renewing = setInterval(() => void requireHeld().catch(() => undefined), RENEW_EVERY_MS);
  try {
    return await work(requireHeld);
  } finally {
    clearInterval(renewing);
    // What cannot be told now is true after HELD_MS.
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

/**
 * How often the sandbox has been reset; 0 for other tenants, without a look-up. A number that is the same before and
 * after something was written says that no reset began between, so that what was written is there.
 *
 * @throws DomainError `SANDBOX_RESETTING` while a reset runs.
 */
export async function countResets({ database, tenantId }: TenantInput): Promise<number> {
  if (tenantOf(tenantId).mode !== 'sandbox') return 0;
  const clock = await database.models.sandboxClocks.findById(tenantId, { resets: 1, resetting: 1 }).lean();
  rejectReset(clock);
  return clock?.resets ?? 0;
}

/** @throws DomainError `SANDBOX_RESETTING` when another reset than those counted has begun. */
export async function requireNoResetSince({
  database,
  tenantId,
  resets,
}: TenantInput & { resets: number }): Promise<void> {
  if ((await countResets({ database, tenantId })) !== resets) throw beingReset();
}

/** @throws DomainError `SANDBOX_RESETTING` */
export function rejectReset(clock: Pick<SandboxClock, 'resetting'> | null): void {
  if (clock?.resetting && clock.resetting.until.getTime() > Date.now()) throw beingReset();
}

const beingReset = (): DomainError =>
  new DomainError(
    'SANDBOX_RESETTING',
    'The sandbox is being emptied, so nothing is accepted for it. Wait until the reset has answered, then repeat the request with the same Idempotency-Key.',
  );
