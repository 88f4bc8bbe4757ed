import type { Consumer, MailRequest, WorkflowSignal, WorkflowStart } from '../contracts/outbox';
import { startOf, type Process, type ProcessEntity } from '../contracts/process';
import { newId } from '../domain/ids';
import type { EntityType } from '../contracts/entity-types';
import type { OutboxRow } from '../models/outbox-row';
import type { Operation } from '../models/sandbox/operation';

export interface NewOutboxRowInput {
  tenantId: string;
  entityType: EntityType;
  entityId: string;
  correlationId: string;
  pending: readonly Consumer[];
  start?: WorkflowStart;
  signal?: WorkflowSignal;
  mail?: MailRequest;
  eventId?: string;
  /** Milliseconds for which the relay leaves the row to its writer; an api sends its own starts immediately. */
  delayMs?: number;
}

/** Milliseconds for which the relay leaves a row to the api that wrote it and sends it itself. */
export const OWN_SEND_MS = 3000;

/** Returns an open outbox row, to be inserted in the transaction that decided on it. Times here are real times. */
export function newOutboxRow({
  start,
  signal,
  mail,
  eventId,
  pending,
  delayMs = 0,
  ...about
}: NewOutboxRowInput): OutboxRow {
  const now = Date.now();
  return {
    _id: newId('outboxRow'),
    ...about,
    start: start ?? null,
    signal: signal ?? null,
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

export interface NewStartRowInput<Entity extends ProcessEntity> {
  process: Process<NoInfer<Entity>>;
  entity: Entity;
  delayMs?: number;
}

/** Returns the open outbox row that starts an entity's process. */
export function newStartRow<Entity extends ProcessEntity>({
  process,
  entity,
  delayMs,
}: NewStartRowInput<Entity>): OutboxRow {
  const { _id: entityId, tenantId, correlationId } = entity;
  const start = startOf({ process, entity });
  return newOutboxRow({
    tenantId,
    entityType: process.entityType,
    entityId,
    correlationId,
    pending: ['temporal'],
    start,
    delayMs,
  });
}

export interface NewOperationRowInput {
  operation: Pick<Operation, '_id' | 'tenantId' | 'correlationId'>;
  start: Pick<WorkflowStart, 'workflowType' | 'workflowId' | 'taskQueue'>;
  delayMs?: number;
}

/** Returns the open outbox row that starts the workflow of an operation; its input names the operation and no more. */
export function newOperationRow({ operation, start, delayMs }: NewOperationRowInput): OutboxRow {
  const { _id: operationId, tenantId, correlationId } = operation;
  return newOutboxRow({
    tenantId,
    entityType: 'operation',
    entityId: operationId,
    correlationId,
    start: { ...start, input: { tenantId, operationId, correlationId } },
    pending: ['temporal'],
    delayMs,
  });
}
