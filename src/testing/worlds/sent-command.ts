import { DomainError } from '../../domain/domain-error';
import type { ProblemCode } from '../../http/problem';
import { problemTable } from '../../http/problems';

/** A sent command with its answer: an outcome, or the code of a refusal. */
export interface SentCommand<Command> {
  commandId: string;
  command: Command;
  outcome: { state: string; at: string } | null;
  code: string | null;
}

/** Returns the answer to a command: its outcome, or the code of a `DomainError`. Throws any other error. */
export async function outcomeOf<Outcome>(
  send: () => Promise<Outcome>,
): Promise<{ outcome: Outcome | null; code: string | null }> {
  try {
    return { outcome: await send(), code: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { outcome: null, code: error.code };
  }
}

/** Returns true when the code names an obstacle to the partner, and not an error on our side. */
export function isRefusal(code: string): boolean {
  const status = problemTable[code as ProblemCode]?.status ?? 500;
  return code === 'OUTCOME_PENDING' || status < 500;
}
