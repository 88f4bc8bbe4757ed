import type { MailAudience } from '../domain/mail-delivery';
import type { MailTemplate } from './mails';
import type { TaskQueue } from './task-queues';

/** The consumers whose effect leaves the house: a BullMQ queue serves each. */
export const queuedConsumers = ['mail'] as const;
export type QueuedConsumer = (typeof queuedConsumers)[number];

/** The consumers that write only our own database: the relay itself applies their rows. */
export const inlineConsumers = ['analytics', 'refunds', 'revisions', 'search', 'notices'] as const;
export type InlineConsumer = (typeof inlineConsumers)[number];

/** The consumers of outbox rows. The relay sends those for `temporal` itself. */
export type Consumer = 'temporal' | QueuedConsumer | InlineConsumer;

/** The content of a queued job: only the row's id, so no personal data reaches Redis. */
export interface OutboxJob {
  rowId: string;
}

/** A workflow to start. `workflowId` is the business key; the input holds ids only. */
export interface WorkflowStart {
  workflowType: string;
  workflowId: string;
  taskQueue: TaskQueue;
  input: Record<string, unknown>;
  /** Set by an operator's restart: the only start that may follow a closed run of the same id. */
  restart?: boolean;
}

/** A signal to a workflow that may be running. It is only a wake-up: it may be lost or arrive twice. */
export interface WorkflowSignal {
  workflowId: string;
  /** The signal's wire name. */
  name: string;
  args?: readonly unknown[];
}

/** A mail to send. `key` never changes and makes the Message-ID; `to` is null for the audience `person`. */
export interface MailRequest {
  template: MailTemplate;
  key: string;
  audience: MailAudience;
  to: string | null;
  data: Record<string, string | number | null>;
}
