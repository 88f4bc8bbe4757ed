import type { Client } from '@temporalio/client';
import { millisecondsOf } from './time-skipping-api';

const PAGE = 1000;
const CALL_TIMEOUT_MS = 10_000;

/**
 * When a workflow's timers fire, read from its history: the server tells it nowhere else. Only what is new since the
 * last look is read.
 */
export class PendingTimers {
  private runId = '';
  private lastEventId = 0;
  /** By the event that started it: when it fires, in the workflow's time (ms). */
  private readonly timers = new Map<number, number>();

  constructor(
    private readonly client: Client,
    private readonly workflowId: string,
  ) {}

  /** When the next one fires (ms); null when none is set. */
  get nextMs(): number | null {
    return this.timers.size === 0 ? null : Math.min(...this.timers.values());
  }

  /** Reads what is new; answers whether that is all that the look had seen, and nothing has happened since. */
  async read({ runId, historyLength }: { runId: string; historyLength: number }): Promise<boolean> {
    if (runId !== this.runId) {
      this.runId = runId;
      this.lastEventId = 0;
      this.timers.clear();
    }
    if (historyLength <= this.lastEventId) return historyLength === this.lastEventId;
    const over = new Set<number>();
    let newest = this.lastEventId;
    let nextPageToken: Uint8Array | undefined;
    // Backwards, so that an end is read before its beginning and nothing old is read twice.
    do {
      const page = await this.client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
        this.client.workflowService.getWorkflowExecutionHistoryReverse({
          namespace: this.client.options.namespace,
          execution: { workflowId: this.workflowId, runId },
          maximumPageSize: Math.min(PAGE, historyLength - this.lastEventId + 5),
          nextPageToken,
        }),
      );
      for (const event of page.history?.events ?? []) {
        const eventId = Number(event.eventId);
        if (eventId <= this.lastEventId) {
          nextPageToken = undefined;
          break;
        }
        newest = Math.max(newest, eventId);
        const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
        const started = event.timerStartedEventAttributes;
        if (ended) over.add(Number(ended.startedEventId));
        if (started && !over.has(eventId))
          this.timers.set(
            eventId,
            millisecondsOf(event.eventTime ?? {}) + millisecondsOf(started.startToFireTimeout ?? {}),
          );
        nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
      }
    } while (nextPageToken);
    for (const eventId of over) this.timers.delete(eventId);
    this.lastEventId = newest;
    return newest === historyLength;
  }
}
