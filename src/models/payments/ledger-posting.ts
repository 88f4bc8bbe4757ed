import { Schema } from 'mongoose';
import type { LedgerLine, Posting } from '../../domain/payments/ledger';
import { schemaOptions } from '../schema-options';

/**
 * A line of the books, append-only: nothing updates or deletes one. The id is the posting's key, so that a business
 * event is in the books once whatever is repeated; the line is written in the transaction of the step it belongs to.
 */
export interface LedgerPosting extends Omit<Posting, 'key'> {
  _id: string;
  tenantId: string;
  /** Business time. */
  at: Date;
  /**
   * Real time, by which a report tells what was recorded after it. Absent from lines of before the first report, which
   * every report counts.
   */
  recordedAt?: Date;
}

export const ledgerPostingSchema = new Schema<LedgerPosting>(
  {
    _id: { type: String, required: true },
    tenantId: { type: String, required: true },
    event: { type: String, required: true },
    paymentId: { type: String, required: true },
    currency: { type: String, required: true },
    lines: { type: Schema.Types.Mixed, required: true } as unknown as LedgerLine[],
    at: { type: Date, required: true },
    recordedAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'ledger_postings' },
)
  .index({ tenantId: 1, paymentId: 1, _id: 1 })
  // Reports read the movements of captured money in a window, in their order, and count them by the index alone.
  .index({ tenantId: 1, event: 1, at: 1, _id: 1, recordedAt: 1, currency: 1 });

/** Returns a line of the books in the form that `domain/ledger-check` reads. */
export function postingOf({ _id: key, event, paymentId, currency, lines }: LedgerPosting): Posting {
  return { key, event, paymentId, currency, lines };
}
