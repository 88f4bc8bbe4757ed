import { Context } from '@temporalio/activity';
import type { Activities } from '../../../activities';
import { deferred, type Deferred } from '../../../src/testing/deferred';

const BEAT_MS = 200;

/** Wraps the activities of reports so that a test can hold a step of one report, as a long one would take. */
export function createHeldSteps() {
  const held = new Map<string, { reached: Deferred; release: Deferred }>();
  const keyOf = (step: string, reportId: string): string => `${step}/${reportId}`;

  /** Waits for the release; ends with a cancellation of the activity, of which it learns by its heartbeat. */
  async function wait(release: Deferred): Promise<void> {
    const context = Context.current();
    const beating = setInterval(() => context.heartbeat(), BEAT_MS);
    await Promise.race([release.promise, context.cancelled]).finally(() => clearInterval(beating));
  }

  return {
    /** Holds a step of a report. Returns when it is reached, and the function that lets it go on. */
    hold(step: string, reportId: string) {
      const hold = { reached: deferred(), release: deferred() };
      held.set(keyOf(step, reportId), hold);
      return { reached: hold.reached.promise, release: hold.release.resolve };
    },
    wrap: (activities: Activities): Activities =>
      Object.fromEntries(
        Object.entries(activities as unknown as Record<string, (input: { reportId: string }) => Promise<unknown>>).map(
          ([step, run]) => [
            step,
            async (input: { reportId: string }) => {
              const hold = held.get(keyOf(step, input.reportId));
              hold?.reached.resolve();
              if (hold) await wait(hold.release);
              return run(input);
            },
          ],
        ),
      ) as unknown as Activities,
  };
}
