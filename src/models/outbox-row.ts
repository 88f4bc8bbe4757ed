import { Schema } from 'mongoose';
import type { Consumer, MailRequest, WorkflowSignal, WorkflowStart } from '../contracts/outbox';
import { schemaOptions } from './schema-options';
import type { EntityType } from '../contracts/entity-types';

/**
 * An effect elsewhere, written in the transaction that decided it. A row is done per consumer, when that consumer's own
 * effect is recorded; until then the row is sent again. Rows that are done are kept for a week. A mail that its server
 * refused for good is neither open nor done until an operator decides.
 */
export interface OutboxRow {
  _id: string;
  tenantId: string;
  entityType: EntityType;
  entityId: string;
  correlationId: string;
  start: WorkflowStart | null;
  signal?: WorkflowSignal | null;
  mail: MailRequest | null;
  eventId: string | null;
  /** The consumers that have not recorded their effect yet. */
  pending: Consumer[];
  /** Present and true while `pending` is not empty: the partial index holds open rows only. */
  open?: true;
  /** The instant from which the row may be sent (real time). */
  dueAt: Date;
  /** The relay that holds the row until `dueAt`. */
  lease: string | null;
  /** Attempts that failed for a reason of the row's own; an outage of Redis or Temporal does not count. */
  failures: number;
  lastError: string | null;
  createdAt: Date;
  doneAt: Date | null;
}

const DONE_ROWS_KEPT_SECONDS = 7 * 24 * 3600;

export const outboxRowSchema = new Schema<OutboxRow>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    entityType: { type: String, required: true },
    entityId: { type: String, required: true },
    correlationId: { type: String, required: true },
    start: { type: Schema.Types.Mixed, default: null },
    signal: { type: Schema.Types.Mixed, default: null },
    mail: { type: Schema.Types.Mixed, default: null },
    eventId: { type: String, default: null },
    pending: { type: [String], required: true },
    open: { type: Boolean },
    dueAt: { type: Date, required: true },
    lease: { type: String, default: null },
    failures: { type: Number, required: true, default: 0 },
    lastError: { type: String, default: null },
    createdAt: { type: Date, required: true },
    doneAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'outbox' },
)
  .index({ dueAt: 1 }, { partialFilterExpression: { open: true }, name: 'open_rows' })
  .index({ lease: 1 }, { partialFilterExpression: { open: true }, name: 'leased_rows' })
  // The age of the oldest is a gauge.
  .index({ createdAt: 1 }, { partialFilterExpression: { open: true }, name: 'open_rows_by_age' })
  // At every hop of an advance the tenant's waiting starts are sent.
  .index({ tenantId: 1 }, { partialFilterExpression: { open: true }, name: 'open_rows_of_tenant' })
  .index({ tenantId: 1, entityId: 1 })
  .index({ doneAt: 1 }, { expireAfterSeconds: DONE_ROWS_KEPT_SECONDS });
