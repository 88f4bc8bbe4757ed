import { setTimeout } from 'node:timers/promises';
import * as fc from 'fast-check';

/**
 * When the next move is made. `at_rest`: when nothing goes on any more. `at_once`: when the move before is answered.
 * `meanwhile`: while it still is at work.
 */
export type Pace = 'at_rest' | 'at_once' | 'meanwhile';
export const pace: fc.Arbitrary<Pace> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('at_rest') },
  { weight: 2, arbitrary: fc.constant('at_once') },
  { weight: 1, arbitrary: fc.constant('meanwhile') },
);

/** So many lives at a time are not looked at all the time. */
export const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 60_000;
const PATIENCE_IN_OUTAGE_MS = 1500;

/** How long something may take to come to rest; during an outage that is not waited for. */
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
        await setTimeout(LOOK_EVERY_MS);
    }
    const acting = act(move);
    // One that fails while another is waited for is told below.
    acting.catch(() => undefined);
    underWay.push(acting);
    if (move.pace !== 'meanwhile') await acting;
  }
  await Promise.all(underWay);
}
