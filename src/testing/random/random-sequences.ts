import * as fc from 'fast-check';
import { casesOf } from '../long-form';

export interface RunSequencesInput<Sequence> {
  sequences: fc.Arbitrary<Sequence>;
  /** The number of sequences without RANDOM_SEQUENCES. */
  count: number;
  /** The number of concurrent sequences, which wait far more than they work. */
  concurrency: number;
  /** Carries out a sequence and returns the violations, empty when there are none. */
  carryOut: (sequence: Sequence) => Promise<string[]>;
}

/** A fixed seed, so that a green build stays green. */
const FIXED_SEED = 20_261_121;
const SHRINK_FOR_MS = 120_000;
const MAX_REPORTED = 3;

/** Returns the number of sequences to carry out: 1,000 in the long form unless RANDOM_SEQUENCES is set. */
export const sequenceCount = (count: number): number =>
  process.env.FC_PATH ? 1 : Number(process.env.RANDOM_SEQUENCES ?? casesOf({ short: count, long: 1_000 }));

/**
 * Generates sequences with fast-check and carries them out concurrently: one at a time would take hours over real
 * servers.
 *
 * RANDOM_SEQUENCES: the number of sequences. FC_SEED: a number, or `random`. FC_PATH: only the sequence at this place,
 * which is shrunk for two minutes when it fails. A failure names seed and path.
 */
export async function runSequences<Sequence>({
  sequences,
  count,
  concurrency,
  carryOut,
}: RunSequencesInput<Sequence>): Promise<void> {
  const seed = seedOf(process.env.FC_SEED);
  if (process.env.FC_PATH) return repeat({ sequences, seed, path: process.env.FC_PATH, carryOut });
  const waiting = [...fc.sample(sequences, { seed, numRuns: sequenceCount(count) }).entries()];
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
  await Promise.all(Array.from({ length: concurrency }, carryOn));
  if (failures.length > 0)
    throw new Error(`${failures.length} sequences failed:\n${failures.slice(0, MAX_REPORTED).join('\n')}`);
}

async function repeat<Sequence>({
  sequences,
  seed,
  path,
  carryOut,
}: Pick<RunSequencesInput<Sequence>, 'sequences' | 'carryOut'> & { seed: number; path: string }): Promise<void> {
  const hasNoProblems = fc.asyncProperty(sequences, async (sequence) => {
    const problems = await problemsOf(carryOut, sequence);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  await fc.assert(hasNoProblems, { seed, path, numRuns: 1, interruptAfterTimeLimit: SHRINK_FOR_MS });
}

/** Counts what happened, because random tests that reach nothing are green too. */
export class Tally {
  private readonly counts = new Map<string, number>();

  readonly count = (what: string): void => {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  };

  /** Returns the expected names that never happened. */
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

/** Returns the problems of a sequence; an error is a problem too. */
const problemsOf = <Sequence>(
  carryOut: RunSequencesInput<Sequence>['carryOut'],
  sequence: Sequence,
): Promise<string[]> => carryOut(sequence).catch((error: unknown) => [String((error as Error).stack ?? error)]);

function seedOf(given: string | undefined): number {
  if (given === 'random') return Math.floor(Math.random() * 2 ** 31);
  return given === undefined ? FIXED_SEED : Number(given);
}
