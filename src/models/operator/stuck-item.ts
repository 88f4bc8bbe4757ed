import { Schema } from 'mongoose';
import type { BooksDifference } from '../../domain/operator/books-difference';
import { schemaOptions } from '../schema-options';
import type { EntityType } from '../../contracts/entity-types';

export const stuckKinds = [
  'workflow_missing',
  'workflow_orphaned',
  'state_mismatch',
  'outbox_failing',
  'mail_undeliverable',
  'outcome_unknown',
  'amount_differs',
  'refund_failed_late',
  'refund_owed',
  'payment_disputed',
  'fraud_warning',
  'address_blocked',
  'books_differ',
  'mrr_differs',
  'buckets_differ',
  'file_damaged',
  'search_mismatch',
  'listing_sweep',
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
  /** The workflow id, the outbox row's id, or the name of what is disputed or blocked. */
  subject: string;
  detail: string;
  /** Amounts that differ from the ledger, as far as they were compared. */
  differences: BooksDifference[];
  state: 'open' | 'restarted' | 'closed' | 'mended';
  /** Present and true while `open`. */
  open?: true;
  /**
   * 1 for the first item of its subject and kind. Never changes, so that two callers cannot list the same occurrence
   * twice: not every server frees the key of a unique index by an update (decision 0014).
   */
  occurrence: number;
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
    differences: { type: [Schema.Types.Mixed], default: [] } as never,
    state: { type: String, required: true },
    open: { type: Boolean },
    occurrence: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'stuck_items' },
)
  .index({ kind: 1, subject: 1, occurrence: 1 }, { unique: true })
  .index({ open: 1, _id: 1 })
  .index({ open: 1, kind: 1, _id: 1 })
  .index({ tenantId: 1, open: 1, _id: 1 })
  .index({ tenantId: 1, open: 1, kind: 1, _id: 1 });
