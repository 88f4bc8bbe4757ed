import * as fc from 'fast-check';
import { casesOf } from '../long-form';

export interface RunSequencesInput<Sequence> {
  sequences: fc.Arbitrary<Sequence>;
  /** How many without RANDOM_SEQUENCES. */
  count: number;
  /** How many are under way at a time: they wait far more than they work. */
  atOnce: number;
  /** Carries one out; answers what is wrong with what it came to, empty when nothing is. */
  carryOut: (sequence: Sequence) => Promise<string[]>;
}

/** The same every time, so that a build that was green is green again. */
const FIXED_SEED = 20_261_121;
const SHRINK_FOR_MS = 120_000;
const MOST_TOLD = 3;

/** The number of sequences to carry out: 1,000 in the long form unless RANDOM_SEQUENCES says otherwise. */
export const sequencesAskedFor = (count: number): number =>
  process.env.FC_PATH ? 1 : Number(process.env.RANDOM_SEQUENCES ?? casesOf({ short: count, long: 1_000 }));

/**
 * Has fast-check make sequences and carries them out side by side: over real servers one at a time would take hours.
 *
 * RANDOM_SEQUENCES: how many. FC_SEED: a number, or `random`. FC_PATH: only the one that stands at this place, which is
 * shrunk for two minutes where it fails. A failure says both.
 */
export async function runSequences<Sequence>({
  sequences,
  count,
  atOnce,
  carryOut,
}: RunSequencesInput<Sequence>): Promise<void> {
  const seed = seedOf(process.env.FC_SEED);
  if (process.env.FC_PATH) return repeat({ sequences, seed, path: process.env.FC_PATH, carryOut });
  const waiting = [...fc.sample(sequences, { seed, numRuns: sequencesAskedFor(count) }).entries()];
  process.stderr.write(`${waiting.length} random sequences with FC_SEED=${seed}\n`);
  const failures: string[] = [];
  const carryOn = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [place, sequence] = next;
      const problems = await problemsOf(carryOut, sequence);
      if (problems.length > 0)
        failures.push(`FC_SEED=${seed} FC_PATH=${place}\n  ${problems.join('\n  ')}\n  ${fc.stringify(sequence)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, carryOn));
  if (failures.length > 0)
    throw new Error(`${failures.length} sequences went wrong:\n${failures.slice(0, MOST_TOLD).join('\n')}`);
}

async function repeat<Sequence>({
  sequences,
  seed,
  path,
  carryOut,
}: Pick<RunSequencesInput<Sequence>, 'sequences' | 'carryOut'> & { seed: number; path: string }): Promise<void> {
  const goesRight = fc.asyncProperty(sequences, async (sequence) => {
    const problems = await problemsOf(carryOut, sequence);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  await fc.assert(goesRight, { seed, path, numRuns: 1, interruptAfterTimeLimit: SHRINK_FOR_MS });
}

/** How often what happened: random tests that never get anywhere are green too. */
export class Tally {
  private readonly counts = new Map<string, number>();

  readonly count = (what: string): void => {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  };

  /** Of these, what never happened. */
  missing(expected: readonly string[]): string[] {
    return expected.filter((what) => !this.counts.has(what));
  }

  toString(): string {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `  ${what}: ${times}\n`)
      .join('');
  }
}

/** What throws is wrong too. */
const problemsOf = <Sequence>(
  carryOut: RunSequencesInput<Sequence>['carryOut'],
  sequence: Sequence,
): Promise<string[]> => carryOut(sequence).catch((error: unknown) => [String((error as Error).stack ?? error)]);

function seedOf(given: string | undefined): number {
  if (given === 'random') return Math.floor(Math.random() * 2 ** 31);
  return given === undefined ? FIXED_SEED : Number(given);
}
