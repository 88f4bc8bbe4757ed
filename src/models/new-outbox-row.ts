import type { Consumer, MailRequest, WorkflowStart } from '../contracts/outbox';
import { newId } from '../domain/ids';
import type { EntityType } from './event';
import type { OutboxRow } from './outbox-row';

export interface NewOutboxRowInput {
  tenantId: string;
  entityType: EntityType;
  entityId: string;
  correlationId: string;
  pending: readonly Consumer[];
  start?: WorkflowStart;
  mail?: MailRequest;
  eventId?: string;
  /** How long the relay leaves the row to whoever wrote it, in ms; an api sends its own starts at once. */
  delayMs?: number;
}

/** An open outbox row, to be inserted in the transaction that decided on it. Times here are real times. */
export function newOutboxRow({ start, mail, eventId, pending, delayMs = 0, ...about }: NewOutboxRowInput): OutboxRow {
  const now = Date.now();
  return {
    _id: newId('outboxRow'),
    ...about,
    start: start ?? null,
    mail: mail ?? null,
    eventId: eventId ?? null,
    pending: [...pending],
    open: true,
    dueAt: new Date(now + delayMs),
    lease: null,
    failures: 0,
    lastError: null,
    createdAt: new Date(now),
    doneAt: null,
  };
}
