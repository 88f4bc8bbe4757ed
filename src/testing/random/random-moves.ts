import { setTimeout } from 'node:timers/promises';
import * as fc from 'fast-check';

/**
 * The time of the next move. `at_rest`: when nothing is under way. `immediately`: when the previous move is answered.
 * `meanwhile`: while the previous move is under way.
 */
export type Pace = 'at_rest' | 'immediately' | 'meanwhile';
export const pace: fc.Arbitrary<Pace> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('at_rest') },
  { weight: 2, arbitrary: fc.constant('immediately') },
  { weight: 1, arbitrary: fc.constant('meanwhile') },
);

/** Milliseconds between two checks; so many concurrent sequences cannot be checked all the time. */
export const CHECK_EVERY_MS = 200;
const PATIENCE_MS = 60_000;
const PATIENCE_IN_OUTAGE_MS = 1500;

/** Returns the milliseconds that an entity may take to come to rest; during an outage the wait is short. */
export const patienceMs = ({ inOutage }: { inOutage: boolean }): number =>
  inOutage ? PATIENCE_IN_OUTAGE_MS : PATIENCE_MS;

export interface MakeMovesInput<Move extends { pace: Pace }> {
  moves: readonly Move[];
  act: (move: Move) => Promise<unknown>;
  isAtRest: () => Promise<boolean>;
  inOutage: () => boolean;
}

/** Makes moves in their order and at their pace; resolves when all are answered. */
export async function makeMoves<Move extends { pace: Pace }>({
  moves,
  act,
  isAtRest,
  inOutage,
}: MakeMovesInput<Move>): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  for (const move of moves) {
    if (move.pace === 'at_rest') {
      for (
        const giveUpAt = Date.now() + patienceMs({ inOutage: inOutage() });
        Date.now() < giveUpAt && !(await isAtRest());
      )
        await setTimeout(CHECK_EVERY_MS);
    }
    const acting = act(move);
    // A failure during another wait is reported below.
    acting.catch(() => undefined);
    underWay.push(acting);
    if (move.pace !== 'meanwhile') await acting;
  }
  await Promise.all(underWay);
}
