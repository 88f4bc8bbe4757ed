import type { InvoiceLine } from '../domain/invoice';
import type { Money } from '../domain/money';
import type { Invoice } from '../models/invoice';
import type { PlanChangePreview } from '../models/preview-plan-change';
import type { components } from './openapi-types';

const presentMoney = ({ amountMinor, currency }: Money): components['schemas']['MoneyValue'] => ({ amountMinor, currency });

const presentLine = ({ kind, description, planId, quantity, amount, startAt, endAt }: InvoiceLine): components['schemas']['InvoiceLine'] => ({
  kind, description, planId, quantity, amount: presentMoney(amount), startAt, endAt,
});

function waitingForOf({ state, attempts }: Invoice): components['schemas']['WaitingFor'] {
  if (state === 'draft') return { what: 'to be made out', until: null };
  if (state !== 'open') return null;
  const isFailed = attempts.at(-1)?.state === 'failed';
  return { what: isFailed ? 'the next attempt to charge it, or another payment method; its subscription says when' : 'the payment to have its final answer', until: null };
}

/** An invoice as the API shows it. */
export const presentInvoice = (invoice: Invoice): components['schemas']['Invoice'] => ({
  id: invoice._id,
  state: invoice.state,
  subscriptionId: invoice.subscriptionId,
  kind: invoice.kind,
  period: { startAt: invoice.period.startAt, endAt: invoice.period.endAt },
  lines: invoice.lines.map(presentLine),
  subtotal: presentMoney(invoice.subtotal),
  creditApplied: presentMoney(invoice.creditApplied),
  total: presentMoney(invoice.total),
  attempts: invoice.attempts.map(({ attempt, paymentId, at, state, reason }) => ({ attempt, paymentId, at: at.toISOString(), state, reason })),
  paidAt: invoice.paidAt?.toISOString() ?? null,
  waitingFor: waitingForOf(invoice),
  correlationId: invoice.correlationId,
  createdAt: invoice.createdAt.toISOString(),
  updatedAt: invoice.updatedAt.toISOString(),
});

/** The invoice that a change of plan would make. */
export const presentPreview = ({ invoice, period, effectiveAt }: PlanChangePreview): components['schemas']['InvoicePreview'] => ({
  effectiveAt,
  lines: invoice.lines.map(presentLine),
  subtotal: presentMoney(invoice.subtotal),
  creditApplied: presentMoney(invoice.creditApplied),
  total: presentMoney(invoice.total),
  creditBalance: presentMoney(invoice.creditBalance),
  period: period && { startAt: period.startAt, endAt: period.endAt },
});
