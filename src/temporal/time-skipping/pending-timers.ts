import type { Client } from '@temporalio/client';
import { millisecondsOf } from './time-skipping-api';

const PAGE = 1000;
const CALL_TIMEOUT_MS = 10_000;

/**
 * The instants at which a workflow's timers fire, read from its history: the server reports them nowhere else. Reads
 * only the events since the last read.
 */
export class PendingTimers {
  private runId = '';
  private lastEventId = 0;
  /** Firing time in the workflow's time (ms), by the id of the event that started the timer. */
  private readonly timers = new Map<number, number>();

  constructor(
    private readonly client: Client,
    private readonly workflowId: string,
  ) {}

  /** Instant at which the next timer fires (ms); null when none is set. */
  get nextMs(): number | null {
    return this.timers.size === 0 ? null : Math.min(...this.timers.values());
  }

  /** Reads the new events; resolves to true when the history still ends where the snapshot saw it end. */
  async read({ runId, historyLength }: { runId: string; historyLength: number }): Promise<boolean> {
    if (runId !== this.runId) {
      this.runId = runId;
      this.lastEventId = 0;
      this.timers.clear();
    }
    if (historyLength <= this.lastEventId) return historyLength === this.lastEventId;
    const finished = new Set<number>();
    let newest = this.lastEventId;
    let nextPageToken: Uint8Array | undefined;
    // Backwards, so that a timer's end is read before its start and no old event is read twice.
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
        if (ended) finished.add(Number(ended.startedEventId));
        if (started && !finished.has(eventId))
          this.timers.set(
            eventId,
            millisecondsOf(event.eventTime ?? {}) + millisecondsOf(started.startToFireTimeout ?? {}),
          );
        nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
      }
    } while (nextPageToken);
    for (const eventId of finished) this.timers.delete(eventId);
    this.lastEventId = newest;
    return newest === historyLength;
  }
}
