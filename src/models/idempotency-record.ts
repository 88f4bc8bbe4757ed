import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

export interface StoredReply {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * The first response to a tenant's Idempotency-Key. A create writes the complete record in its own transaction. A
 * command writes an open record (`reply` null) before it acts; another request takes over the record of a process that
 * died, once `lockedUntil` has passed.
 */
export interface IdempotencyRecord {
  /** SHA-256 of tenant and key. */
  _id: string;
  tenantId: string;
  /** SHA-256 of method, path and body. */
  fingerprint: string;
  /**
   * The id of the command sent under the key (also its update id). It is random, because what a command leaves behind
   * lives longer than this record: a key that is used again after its record has lapsed is a new command.
   */
  commandId: string;
  reply: StoredReply | null;
  lockedUntil: Date;
  createdAt: Date;
}

export const IDEMPOTENCY_KEPT_SECONDS = 48 * 3600;

export const idempotencyRecordSchema = new Schema<IdempotencyRecord>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    fingerprint: { type: String, required: true },
    commandId: { type: String, required: true },
    reply: { type: Schema.Types.Mixed, default: null },
    lockedUntil: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'idempotency' },
)
  .index({ tenantId: 1 })
  .index({ createdAt: 1 }, { expireAfterSeconds: IDEMPOTENCY_KEPT_SECONDS });
