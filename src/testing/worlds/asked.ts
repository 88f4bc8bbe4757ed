import { DomainError } from '../../domain/domain-error';
import type { ProblemCode } from '../../http/problem';
import { problemTable } from '../../http/problems';

/** A command that was sent, under its id, and how it was answered: by an outcome or by a refusal's code. */
export interface Asked<Command> {
  commandId: string;
  command: Command;
  outcome: { state: string; at: string } | null;
  code: string | null;
}

/** What the sender of a command is answered; a `DomainError` is an answer, anything else is thrown on. */
export async function answerOf<Outcome>(
  send: () => Promise<Outcome>,
): Promise<{ outcome: Outcome | null; code: string | null }> {
  try {
    return { outcome: await send(), code: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { outcome: null, code: error.code };
  }
}

/** Whether a partner is told what is in the way, and not that something went wrong on our side. */
export function isRefusal(code: string): boolean {
  const status = problemTable[code as ProblemCode]?.status ?? 500;
  return code === 'OUTCOME_PENDING' || status < 500;
}
