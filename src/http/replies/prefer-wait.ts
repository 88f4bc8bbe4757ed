import { setTimeout } from 'node:timers/promises';
import type { Call } from '../pipeline/request-context';

const MAX_WAIT_SECONDS = 30;
const FIRST_LOOK_MS = 50;
const SLOWEST_LOOK_MS = 500;
/** What is left after the wait for the answer itself. */
const ANSWER_MS = 1500;

/**
 * Returns the seconds of `Prefer: wait=N` (RFC 7240), at most 30; null where there is none. Preferences that are
 * unknown or make no sense are ignored, and of a preference that comes twice the first counts, as the RFC asks.
 */
export function secondsToWait(prefer: string | undefined): number | null {
  const preference = splitOutsideQuotes(prefer ?? '', ',')
    .map((each) => splitOutsideQuotes(each, ';')[0] ?? '')
    .find((each) => /^\s*wait\s*(?:=|$)/i.test(each));
  const [, , seconds] = /^\s*wait\s*=\s*("?)(\d+)\1\s*$/i.exec(preference ?? '') ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_WAIT_SECONDS);
}

/** The parts of a header between separators; one inside a quoted string (RFC 9110 §5.6.4) separates nothing. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const part = separator === ',' ? /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/gs : /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/gs;
  return text.match(part) ?? [];
}

export interface WaitUntilSettledInput<Item> {
  call: Call;
  seconds: number;
  look: () => Promise<Item | null>;
  /** Whether a caller who waits has something to act on: it waits for a person or a later day, or has ended. */
  hasSettled: (item: Item) => boolean | Promise<boolean>;
}

/**
 * Looks at something until it has settled, the time is up, or nobody waits for the answer any more. Answers what it saw
 * last; null when it saw nothing, as when the database went away meanwhile.
 */
export async function waitUntilSettled<Item>({
  call,
  seconds,
  look,
  hasSettled,
}: WaitUntilSettledInput<Item>): Promise<Item | null> {
  const { deadline, abandoned } = call;
  const untilMs = performance.now() + seconds * 1000;
  deadline.restart(seconds * 1000 + ANSWER_MS);
  let seen: Item | null = null;
  const lookOn = async (): Promise<void> => {
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, SLOWEST_LOOK_MS)) {
      seen = await look();
      const leftMs = untilMs - performance.now();
      if (seen === null || leftMs <= 0 || abandoned() || (await hasSettled(seen))) return;
      await setTimeout(Math.min(pauseMs, leftMs));
    }
  };
  const timeIsUp = new AbortController();
  try {
    await Promise.race([lookOn(), setTimeout(seconds * 1000 + ANSWER_MS / 2, undefined, { signal: timeIsUp.signal })]);
  } catch {
    // What is looked at is safe whatever happens to looking at it.
  } finally {
    timeIsUp.abort();
  }
  return seen;
}
