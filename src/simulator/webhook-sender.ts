import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './chaos';
import type { LedgerItem } from './gateway-state';
import { signWebhook } from '../contracts/simulator/webhook-signature';

export interface WebhookHabits {
  seed: string;
  /** Percentage of events sent late, and therefore behind later ones. */
  latePercent: number;
  lateMs: number;
  /** Percentage of events sent twice, under one webhook-id. */
  doubledPercent: number;
  /** First pause after a refusal, in ms; doubles up to a minute. */
  retryMs: number;
  /** Milliseconds from the recording of an event until it is abandoned. */
  retryForMs: number;
}

export const USUAL_HABITS: WebhookHabits = {
  seed: 'usual',
  latePercent: 10,
  lateMs: 2_000,
  doubledPercent: 10,
  retryMs: 1_000,
  retryForMs: 24 * 60 * 60 * 1_000,
};

const MAX_PARALLEL = 16;
const ATTEMPT_TIMEOUT_MS = 10_000;
const MAX_RETRY_MS = 60_000;

export interface WebhookSenderInput {
  url: string;
  secret: string;
  habits: WebhookHabits;
  /** Called once for each event, when it was accepted (2xx) or abandoned. */
  onSettled: (item: LedgerItem, outcome: 'delivered' | 'abandoned') => void;
}

export interface WebhookSender {
  send(item: LedgerItem): void;
  /** Stops immediately. Undelivered events are sent after the next start. */
  close(): Promise<void>;
}

/** Returns the sender, which delivers events at least once, in no promised order. */
export function createWebhookSender({ url, secret, habits, onSettled }: WebhookSenderInput): WebhookSender {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const ready: (() => void)[] = [];
  let inFlight = 0;

  const post = async (item: LedgerItem): Promise<boolean> => {
    if (inFlight >= MAX_PARALLEL)
      await new Promise<void>((resolve) => {
        ready.push(resolve);
      });
    else inFlight += 1;
    try {
      if (stopping.signal.aborted) return false;
      const { id, body } = eventOf(item);
      const headers = {
        'content-type': 'application/json',
        ...signWebhook({ secret, id, timestamp: Math.floor(Date.now() / 1000), body }),
      };
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    } finally {
      // A waiting sender takes over this one's place, so the count falls only when none waits.
      const successor = ready.shift();
      if (successor) successor();
      else inFlight -= 1;
    }
  };

  const deliver = async (item: LedgerItem) => {
    const { id } = eventOf(item);
    if (percentile(habits.seed, 'late', id) < habits.latePercent) await pause(habits.lateMs);
    const giveUpAt = Date.parse(item.recordedAt) + habits.retryForMs;
    for (let retryMs = habits.retryMs; !(await post(item)); retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      if (stopping.signal.aborted) return;
      if (Date.now() + retryMs > giveUpAt) {
        onSettled(item, 'abandoned');
        return;
      }
      await pause(retryMs);
    }
    if (percentile(habits.seed, 'doubled', id) < habits.doubledPercent) await post(item);
    onSettled(item, 'delivered');
  };
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal, ref: false });

  return {
    send(item) {
      const delivery = deliver(item)
        .catch(() => undefined) // Only a pause cut off by close() ends here.
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    async close() {
      stopping.abort();
      for (const resume of ready.splice(0)) resume();
      await Promise.all(underWay);
    },
  };
}

/**
 * Returns the event as sent. Its id comes from the ledger position, so every attempt and every restart sends the same
 * event.
 */
function eventOf(item: LedgerItem): { id: string; body: string } {
  const { operation, outcome, recordedAt } = item;
  const subject = operation === 'capture' || operation === 'refund' ? operation : 'authorisation';
  return {
    id: `evt_${item.account}_${item.seq}`,
    body: JSON.stringify({ type: `${subject}.${outcome}`, timestamp: recordedAt, data: item }),
  };
}
