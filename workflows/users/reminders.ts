import type { OnboardingRun } from './onboarding-run';

export interface Reminder {
  step: string;
  atMs: number;
}

/** Returns the reminders that are still to come in the present state, earliest first. */
export function remindersOf(
  { sinceMs }: OnboardingRun,
  { name, afterMs }: { name: string; afterMs: readonly number[] },
): Reminder[] {
  return afterMs
    .map((delayMs, index) => ({ step: `${name}/${index + 1}`, atMs: sinceMs + delayMs }))
    .filter(({ atMs }) => atMs > Date.now());
}
