import type { Connection } from 'mongoose';
import { commandPayloadSchema, type CommandPayload } from './command-payload';
import { dailyCountSchema, type DailyCount } from './daily-count';
import { eventSchema, type Event } from './event';
import { idempotencyRecordSchema, type IdempotencyRecord } from './idempotency-record';
import { outboxRowSchema, type OutboxRow } from './outbox-row';

/** Defines the models that all domains share. */
export const sharedModels = (connection: Connection) => ({
  events: connection.model<Event>('Event', eventSchema),
  outbox: connection.model<OutboxRow>('OutboxRow', outboxRowSchema),
  idempotency: connection.model<IdempotencyRecord>('IdempotencyRecord', idempotencyRecordSchema),
  commandPayloads: connection.model<CommandPayload>('CommandPayload', commandPayloadSchema),
  dailyCounts: connection.model<DailyCount>('DailyCount', dailyCountSchema),
});
