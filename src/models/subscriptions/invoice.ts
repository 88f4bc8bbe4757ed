import { Schema } from 'mongoose';
import type { InvoiceLine, InvoiceState } from '../../domain/subscriptions/invoice';
import type { Money } from '../../domain/money';
import { entityFields, schemaOptions, type Entity } from '../schema-options';

/** The charge for a period, or for a change of plan within one. Changed by the steps of its subscription only. */
export interface Invoice extends Entity {
  state: InvoiceState;
  subscriptionId: string;
  kind: 'period' | 'change';
  /** ISO 8601, half-open. The period of a change begins with the change. */
  period: { startAt: string; endAt: string };
  lines: InvoiceLine[];
  /** The sum of the lines; may be negative. */
  subtotal: Money;
  creditApplied: Money;
  /** The amount to be paid; never negative. */
  total: Money;
  attempts: InvoiceAttempt[];
  paidAt: Date | null;
}

export interface InvoiceAttempt {
  /** 1 for the first. */
  attempt: number;
  paymentId: string;
  at: Date;
  state: 'pending' | 'paid' | 'failed';
  /** The reason of a failure or of a partial payment: a code. */
  reason: string | null;
  /** With `paid`: the captured amount, in minor units. Attempts without it captured everything. */
  paidMinor?: number;
}

export const invoiceSchema = new Schema<Invoice>(
  {
    ...entityFields,
    subscriptionId: { type: String, required: true },
    kind: { type: String, required: true },
    period: { type: Schema.Types.Mixed, required: true },
    lines: { type: [Schema.Types.Mixed], required: true } as never,
    subtotal: { type: Schema.Types.Mixed, required: true },
    creditApplied: { type: Schema.Types.Mixed, required: true },
    total: { type: Schema.Types.Mixed, required: true },
    attempts: { type: [Schema.Types.Mixed], required: true } as never,
    paidAt: { type: Date, default: null },
  },
  { ...schemaOptions, collection: 'invoices' },
)
  .index(
    { tenantId: 1, subscriptionId: 1, 'period.startAt': 1 },
    { unique: true, partialFilterExpression: { kind: 'period' }, name: 'one_invoice_per_period' },
  )
  .index({ tenantId: 1, _id: -1 })
  .index({ tenantId: 1, subscriptionId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, _id: -1 })
  .index({ tenantId: 1, 'attempts.paymentId': 1 }, { name: 'invoice_of_payment' });
