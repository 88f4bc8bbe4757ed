import type { MailTemplate } from './mails';
import type { TaskQueue } from './task-queues';

/** The consumers of outbox rows. The relay itself serves `temporal`; a BullMQ queue serves each of the others. */
export const consumers = ['temporal', 'mail', 'analytics', 'refunds'] as const;
export type Consumer = (typeof consumers)[number];
export const queuedConsumers = consumers.filter((consumer) => consumer !== 'temporal');
export type QueuedConsumer = Exclude<Consumer, 'temporal'>;

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

/**
 * A mail to send. `key` never changes and makes the Message-ID; `to` is null for the person whom the entity belongs
 * to.
 */
export interface MailRequest {
  template: MailTemplate;
  key: string;
  to: string | null;
  data: Record<string, string | number | null>;
}
