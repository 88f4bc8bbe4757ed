import { Schema } from 'mongoose';
import { schemaOptions } from './schema-options';

export interface StoredReply {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * The first answer to a tenant's Idempotency-Key. A create writes it, complete, in its own transaction. A command
 * writes it open (`reply` null) before it acts; one whose process died is taken over once `lockedUntil` has passed.
 */
export interface IdempotencyRecord {
  /** SHA-256 of tenant and key; also the command's id (update id). */
  _id: string;
  tenantId: string;
  /** SHA-256 of method, path and body. */
  fingerprint: string;
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
    reply: { type: Schema.Types.Mixed, default: null },
    lockedUntil: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'idempotency' },
).index({ createdAt: 1 }, { expireAfterSeconds: IDEMPOTENCY_KEPT_SECONDS });
