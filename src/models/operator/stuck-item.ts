import { Schema } from 'mongoose';
import { schemaOptions } from '../schema-options';
import type { EntityType } from '../../contracts/entity-types';

export const stuckKinds = [
  'workflow_missing',
  'workflow_orphaned',
  'state_mismatch',
  'outbox_failing',
  'mail_undeliverable',
  'outcome_unknown',
  'refund_failed_late',
  'refund_owed',
  'payment_disputed',
  'fraud_warning',
] as const;
export type StuckKind = (typeof stuckKinds)[number];

/**
 * Something that the platform cannot resolve by itself. One open item per subject and kind: a repeated finding keeps
 * the same item.
 */
export interface StuckItem {
  _id: string;
  tenantId: string;
  kind: StuckKind;
  entityType: EntityType;
  entityId: string;
  /** The workflow id, the outbox row's id, or the name of what is owed or disputed. */
  subject: string;
  detail: string;
  state: 'open' | 'restarted' | 'closed' | 'mended';
  /** Present and true while `open`, for the partial unique index. */
  open?: true;
  createdAt: Date;
  updatedAt: Date;
}

export const stuckItemSchema = new Schema<StuckItem>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    kind: { type: String, required: true },
    entityType: { type: String, required: true },
    entityId: { type: String, required: true },
    subject: { type: String, required: true },
    detail: { type: String, required: true },
    state: { type: String, required: true },
    open: { type: Boolean },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'stuck_items' },
)
  .index({ kind: 1, subject: 1 }, { unique: true, partialFilterExpression: { open: true } })
  .index({ open: 1, _id: 1 })
  .index({ tenantId: 1, open: 1, _id: 1 });
