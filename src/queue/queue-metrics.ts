import type { Consumer } from '../contracts/outbox';

/** Where the queue side counts. The names and labels on the wire are telemetry's. */
export interface QueueMetrics {
  /** The relay sent rows, found the server away, or was refused. */
  outboxSent(input: { consumer: Consumer; outcome: 'sent' | 'away' | 'failed'; rows: number }): void;
  /** A consumer dealt with a job; `skipped` is a row that was done before. */
  jobHandled(input: { consumer: Consumer; outcome: 'done' | 'skipped' | 'failed'; seconds: number }): void;
}
