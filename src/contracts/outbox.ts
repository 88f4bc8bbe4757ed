import type { MailTemplate } from './mails';
import type { TaskQueue } from './task-queues';

/** Who has to act on an outbox row. `temporal` is served by the relay itself, every other one by its BullMQ queue. */
export const consumers = ['temporal', 'mail', 'analytics'] as const;
export type Consumer = (typeof consumers)[number];
export const queuedConsumers = consumers.filter((consumer) => consumer !== 'temporal');
export type QueuedConsumer = Exclude<Consumer, 'temporal'>;

/** The content of a queued job: only the row's id, so no personal data reaches Redis. */
export interface OutboxJob {
  rowId: string;
}

/** A workflow that has to be started. `workflowId` is the business key; the input holds ids only. */
export interface WorkflowStart {
  workflowType: string;
  workflowId: string;
  taskQueue: TaskQueue;
  input: Record<string, unknown>;
  /** Set by an operator's restart: the only start that may follow a closed run of the same id. */
  restart?: boolean;
}

/**
 * A signal to a workflow that may be running. A mere wake-up may reach nobody, or come twice.
 */
export interface WorkflowSignal {
  workflowId: string;
  /** The signal's wire name. */
  name: string;
  args?: readonly unknown[];
}

/**
 * A mail that has to be sent. `key` is stable for ever and makes the Message-ID; `to` is null for the entity's own
 * person.
 */
export interface MailRequest {
  template: MailTemplate;
  key: string;
  to: string | null;
  data: Record<string, string | number | null>;
}
