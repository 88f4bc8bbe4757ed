import type { Consumer } from '../contracts/outbox';
import type { Mode } from '../domain/tenant';
import type { MailEnd } from '../services/mail-limit';

/** The counters of the queue side. Telemetry defines the names and labels on the wire. */
export interface QueueMetrics {
  /** The relay sent rows, found the server down, or was refused. */
  outboxSent(input: { consumer: Consumer; outcome: 'sent' | 'away' | 'failed'; rows: number }): void;
  /** A consumer handled a job; `skipped` is a row that was done before. */
  jobHandled(input: { consumer: Consumer; outcome: 'done' | 'skipped' | 'failed'; seconds: number }): void;
  /** A mail reached its end, which is recorded. */
  mailEnded(input: { mode: Mode; outcome: MailEnd['outcome'] }): void;
}
