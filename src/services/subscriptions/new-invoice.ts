import type { InvoiceDraft } from '../../domain/subscriptions/invoice';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';

export interface NewInvoiceInput {
  invoiceId: string;
  subscription: Pick<Subscription, '_id' | 'tenantId' | 'correlationId'>;
  kind: Invoice['kind'];
  draft: InvoiceDraft;
  /** ISO 8601. */
  period: { startAt: string; endAt: string };
  at: string;
}

/** Returns a new invoice: open, or paid where there is nothing to pay. */
export function newInvoice({ invoiceId, subscription, kind, draft, period, at }: NewInvoiceInput): Invoice {
  const { _id: subscriptionId, tenantId, correlationId } = subscription;
  const { lines, subtotal, creditApplied, total } = draft;
  const when = new Date(at);
  const isPaid = total.amountMinor === 0;
  return {
    _id: invoiceId,
    tenantId,
    state: isPaid ? 'paid' : 'open',
    version: 1,
    chain: null,
    correlationId,
    createdAt: when,
    updatedAt: when,
    subscriptionId,
    kind,
    period: { startAt: period.startAt, endAt: period.endAt },
    lines,
    subtotal,
    creditApplied,
    total,
    attempts: [],
    paidAt: isPaid ? when : null,
  };
}
