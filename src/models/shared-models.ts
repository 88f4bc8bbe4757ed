import type { Connection } from 'mongoose';
import { commandPayloadSchema, type CommandPayload } from './command-payload';
import { eventSchema, type Event } from './event';
import { idempotencyRecordSchema, type IdempotencyRecord } from './idempotency-record';
import { mailCountSchema, type MailCount } from './mail-count';
import { outboxRowSchema, type OutboxRow } from './outbox-row';
import { reconcilerStateSchema, type ReconcilerState } from './reconciler-state';

/** Defines the models that all domains share. */
export const sharedModels = (connection: Connection) => ({
  events: connection.model<Event>('Event', eventSchema),
  outbox: connection.model<OutboxRow>('OutboxRow', outboxRowSchema),
  idempotency: connection.model<IdempotencyRecord>('IdempotencyRecord', idempotencyRecordSchema),
  commandPayloads: connection.model<CommandPayload>('CommandPayload', commandPayloadSchema),
  mailCounts: connection.model<MailCount>('MailCount', mailCountSchema),
  reconcilerStates: connection.model<ReconcilerState>('ReconcilerState', reconcilerStateSchema),
});
