import { Schema } from 'mongoose';
import type { LedgerLine, Posting } from '../../domain/payments/ledger';
import { schemaOptions } from '../schema-options';

/**
 * A line of the books, append-only: nothing updates or deletes one. Its id is the posting's key, so that a business
 * event stands in the books once whatever is repeated; it is written in the transaction of the step it belongs to.
 */
export interface LedgerPosting extends Omit<Posting, 'key'> {
  _id: string;
  tenantId: string;
  /** Business time. */
  at: Date;
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
  },
  { ...schemaOptions, collection: 'ledger_postings' },
)
  .index({ tenantId: 1, paymentId: 1, _id: 1 })
  .index({ tenantId: 1, currency: 1, _id: 1 });

/** A posting as the books keep it. */
export function newLedgerPosting({
  posting: { key, ...posting },
  tenantId,
  at,
}: {
  posting: Posting;
  tenantId: string;
  at: string;
}): LedgerPosting {
  return { _id: key, ...posting, tenantId, at: new Date(at) };
}

/** A line of the books as the rules of `domain/ledger-check` read it. */
export function postingOf({ _id: key, event, paymentId, currency, lines }: LedgerPosting): Posting {
  return { key, event, paymentId, currency, lines };
}
