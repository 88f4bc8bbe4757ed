import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { addMoney } from '../../domain/money';
import { creditAfterVoid } from '../../domain/subscriptions/invoice';
import { sumOfRefunds, type EndRefund } from '../../domain/subscriptions/end-refund';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from './change-subscription';
import { endPendingChange, type EndedChange } from './end-pending-change';
import { findOpenInvoices } from './find-invoice';
import { listOwed } from './owed';
import { withdrawPendingPayments } from './charges/pending-payment';
import { acceptRefunds, refundsAtEnd, refundsOfVoidedInvoice } from './subscription-refunds';

export interface EndSubscriptionInput {
  database: Database;
  /** The caller's transaction. */
  session?: ClientSession;
  subscription: Subscription;
  /** `void`: the open invoice is voided, and its paid part refunded. `uncollectible`: the rest is written off. */
  invoiceBecomes: 'void' | 'uncollectible';
  /** True to also refund the unused part of the time that was paid for. */
  isProrated?: boolean;
  /** A code. */
  reason: string;
  by?: Actor;
  at: string;
}

/**
 * Returns the change that ends a subscription immediately: its open invoice, the refunds and the mail. Every end
 * refunds the credit, with the part that the open invoice used; what no payment can refund stays owed and is on the
 * operator's list. The process that charges withdraws a payment under way.
 */
export async function endSubscription(input: EndSubscriptionInput): Promise<SubscriptionChange> {
  const { database, session, subscription, invoiceBecomes, reason, by, at } = input;
  const { charge, paidUntil } = subscription;
  const change = await endPendingChange({ database, session, subscription, at });
  const open = await findOpenInvoices({ database, session, subscription });
  const invoices = open.filter(({ _id }) => _id !== change.invoice?._id);
  const { refunds, owed } = await refundsOf(input, change, invoices);
  const refundMinor = sumOfRefunds(refunds);
  const isRefunded = refundMinor + owed.amountMinor > 0;
  const owedAfter = addMoney(subscription.owed, owed);
  const data = { reason, refundMinor, owedMinor: owed.amountMinor };
  return {
    ...(by ? { by } : {}),
    to: 'cancelled',
    set: {
      ...change.set,
      waiting: null,
      resumeAt: null,
      reason,
      creditBalance: { ...owed, amountMinor: 0 },
      owed: owedAfter,
      ...(isRefunded && paidUntil !== null && paidUntil > new Date(at) ? { paidUntil: new Date(at) } : {}),
      charge: charge?.status === 'pending' ? charge : null,
    },
    event: {
      type: 'subscription.cancelled',
      data: { ...data, ...(invoices[0] ? { invoiceId: invoices[0]._id } : {}) },
    },
    mails: [
      mailOf(subscription, 'subscriptionCancelled', {
        amountMinor: refundMinor,
        owedMinor: owed.amountMinor,
        until: at,
      }),
    ],
    alongside: async (within) => {
      await withdrawPendingPayments({ database, session: within, subscription, reason: 'subscription_cancelled' });
      await change.alongside(within);
      await closeInvoices({ database, session: within, invoices, state: invoiceBecomes, at });
      await acceptRefunds({ database, session: within, subscription, refunds, by, at });
      if (owed.amountMinor > 0) await listOwed({ database, session: within, subscription, owed: owedAfter });
    },
  };
}

/** Returns the refunds of the end: of voided invoices, of the credit and, where it is prorated, of unused time. */
async function refundsOf(
  { database, session, subscription, invoiceBecomes, isProrated = false, at }: EndSubscriptionInput,
  change: EndedChange,
  openInvoices: readonly Invoice[],
): Promise<EndRefund> {
  const refunds: EndRefund['refunds'] = [...change.refunds];
  let { credit } = change;
  for (const invoice of openInvoices) {
    credit = creditAfterVoid({ creditBalance: credit, draft: invoice });
    if (invoiceBecomes === 'void') refunds.push(...(await refundsOfVoidedInvoice({ database, session, invoice })));
  }
  const atEnd = await refundsAtEnd({ database, session, subscription, openInvoices, credit, isProrated, at });
  return { refunds: [...refunds, ...atEnd.refunds], owed: atEnd.owed };
}

interface CloseInvoicesInput {
  database: Database;
  session: ClientSession;
  invoices: readonly Invoice[];
  state: 'void' | 'uncollectible';
  at: string;
}

async function closeInvoices({ database, session, invoices, state, at }: CloseInvoicesInput): Promise<void> {
  for (const { _id, tenantId } of invoices)
    await database.models.invoices.updateOne(
      { _id, tenantId, state: 'open' },
      { $set: { state, updatedAt: new Date(at) }, $inc: { version: 1 } },
      { session },
    );
}
