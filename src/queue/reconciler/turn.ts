import { randomUUID } from 'node:crypto';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { ReconcilerProgress } from '../../models/reconciler-state';
import { insertDocuments } from '../../services/insert-documents';

const ID = 'reconciler';
/**
 * A worker that shows no sign of life for this long has lost its turn: as long as the lock of the job, which another
 * worker takes over then.
 */
const HELD_MS = 10_000;
const RENEW_EVERY_MS = 3000;

export interface Looked<T> {
  result: T;
  /** The new progress; null leaves the progress as it was, so that the next look repeats this one. */
  to: ReconcilerProgress | null;
}

/**
 * Calls `look` with the progress of all looks before, unless another worker looks at present: returns null then. The
 * new progress is kept only if the turn was not lost meanwhile, and nothing of a look that failed is: so no stretch of
 * a round is left out, and none is done by two workers, except after a worker that was dead or stood still.
 */
export async function inTurn<T>(
  database: Database,
  look: (from: ReconcilerProgress) => Promise<Looked<T>>,
): Promise<T | null> {
  const states = database.models.reconcilerStates;
  const by = randomUUID();
  const held = { _id: ID, heldBy: by };
  const from = await takeTurn(database, by);
  if (from === null) return null;
  const renew = () => states.updateOne(held, { $set: { heldUntil: heldUntil() } });
  const renewing = setInterval(() => void renew().catch(() => undefined), RENEW_EVERY_MS);
  try {
    const { result, to } = await look(from);
    if (to !== null) await states.updateOne(held, { $set: { ...to } });
    return result;
  } finally {
    clearInterval(renewing);
    // If the release cannot be written now, the turn ends after HELD_MS.
    await states.updateOne(held, { $set: { heldBy: null, heldUntil: new Date() } }).catch(() => undefined);
  }
}

const heldUntil = (): Date => new Date(Date.now() + HELD_MS);

/** Returns the progress, and holds the turn; null while another worker holds it. */
async function takeTurn({ models: { reconcilerStates } }: Database, by: string): Promise<ReconcilerProgress | null> {
  const taken = await reconcilerStates
    .findOneAndUpdate(
      { _id: ID, heldUntil: { $lte: new Date() } },
      { $set: { heldBy: by, heldUntil: heldUntil() } },
      { returnDocument: 'after' },
    )
    .lean();
  if (taken) return taken;
  if (await reconcilerStates.exists({ _id: ID })) return null;
  const none: ReconcilerProgress = { lookedAt: null, entities: null, workflows: null };
  try {
    const first = { _id: ID, heldBy: by, heldUntil: heldUntil(), ...none };
    await insertDocuments({ model: reconcilerStates, documents: [first] });
    return none;
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}
