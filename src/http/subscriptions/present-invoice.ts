import { amountDue, amountPaid, type InvoiceLine } from '../../domain/subscriptions/invoice';
import type { Money } from '../../domain/money';
import type { Invoice, InvoiceAttempt } from '../../models/subscriptions/invoice';
import type { Payment } from '../../models/payments/payment';
import type { PlanChangePreview } from '../../services/subscriptions/preview-plan-change';
import type { Subscription } from '../../models/subscriptions/subscription';
import type { components } from '../generated/openapi-types';
import { waitOfPayment } from '../payments/present-payment';
import { waitOfSubscription } from './present-subscription';

const presentMoney = ({ amountMinor, currency }: Money): components['schemas']['MoneyValue'] => ({
  amountMinor,
  currency,
});

const presentLine = ({
  kind,
  description,
  planId,
  quantity,
  amount,
  startAt,
  endAt,
}: InvoiceLine): components['schemas']['InvoiceLine'] => ({
  kind,
  description,
  planId,
  quantity,
  amount: presentMoney(amount),
  startAt,
  endAt,
});

const presentAttempt = (
  { total }: Invoice,
  made: InvoiceAttempt,
): components['schemas']['Invoice']['attempts'][number] => ({
  attempt: made.attempt,
  paymentId: made.paymentId,
  at: made.at.toISOString(),
  state: made.state,
  amountPaid: amountPaid({ total, attempts: [made] }),
  reason: made.reason,
});

/**
 * The entities that an open invoice depends on: its subscription, and the payment of its last attempt while that is
 * pending.
 */
export interface OpenInvoice {
  subscription: Subscription;
  pending: Payment | null;
}

/**
 * Returns the thing an invoice waits for. The subscription decides when an open invoice is charged again; a pending
 * payment may wait for something of its own.
 */
function waitOfInvoice({ state }: Invoice, open: OpenInvoice | null): components['schemas']['WaitingFor'] {
  if (state === 'draft') return { what: 'the invoice to be finalised', until: null };
  if (state !== 'open' || open === null) return null;
  const { subscription, pending } = open;
  const own = pending && waitOfPayment(pending);
  return own?.until
    ? { what: `its payment, which waits for ${own.what}`, until: own.until }
    : waitOfSubscription(subscription);
}

/** Returns the API representation of an invoice; `open` is null unless the invoice is open. */
export const presentInvoice = ({
  invoice,
  open,
}: {
  invoice: Invoice;
  open: OpenInvoice | null;
}): components['schemas']['Invoice'] => ({
  id: invoice._id,
  state: invoice.state,
  subscriptionId: invoice.subscriptionId,
  kind: invoice.kind,
  period: { startAt: invoice.period.startAt, endAt: invoice.period.endAt },
  lines: invoice.lines.map(presentLine),
  subtotal: presentMoney(invoice.subtotal),
  creditApplied: presentMoney(invoice.creditApplied),
  total: presentMoney(invoice.total),
  amountPaid: amountPaid(invoice),
  amountDue: amountDue(invoice),
  attempts: invoice.attempts.map((made) => presentAttempt(invoice, made)),
  paidAt: invoice.paidAt?.toISOString() ?? null,
  waitingFor: waitOfInvoice(invoice, open),
  correlationId: invoice.correlationId,
  createdAt: invoice.createdAt.toISOString(),
  updatedAt: invoice.updatedAt.toISOString(),
});

/** Returns the API representation of the invoice that a change of plan would create. */
export const presentPreview = ({
  at,
  invoice,
  period,
  effectiveAt,
}: PlanChangePreview): components['schemas']['InvoicePreview'] => ({
  at,
  effectiveAt,
  lines: invoice.lines.map(presentLine),
  subtotal: presentMoney(invoice.subtotal),
  creditApplied: presentMoney(invoice.creditApplied),
  total: presentMoney(invoice.total),
  creditBalance: presentMoney(invoice.creditBalance),
  period: period && { startAt: period.startAt, endAt: period.endAt },
});
