import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { creditAfterVoid } from '../../domain/subscriptions/invoice';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from './change-subscription';
import { endPendingChange } from './end-pending-change';
import { findChargedInvoice } from './find-invoice';
import { withdrawPendingPayments } from './pending-payment';
import { acceptRefunds, proratedRefunds, refundsOfVoidedInvoice } from './subscription-refunds';

export interface EndSubscriptionInput {
  database: Database;
  /** The caller's transaction. */
  session?: ClientSession;
  subscription: Subscription;
  /**
   * `void`: the open invoice is voided, its credit returned and its paid part refunded. `uncollectible`: the rest of
   * the invoice is written off.
   */
  invoiceBecomes: 'void' | 'uncollectible';
  /** True to also refund the unused part of the time that was paid for, and the credit. */
  isProrated?: boolean;
  /** A code. */
  reason: string;
  by?: Actor;
  at: string;
}

/**
 * Returns the change that ends a subscription immediately: its open invoice, its credit, the refunds and the mail. The
 * process that charges withdraws a payment under way.
 */
export async function endSubscription(input: EndSubscriptionInput): Promise<SubscriptionChange> {
  const { database, session, subscription, invoiceBecomes, isProrated = false, reason, by, at } = input;
  const { charge } = subscription;
  const invoice = await findChargedInvoice({ database, session, subscription });
  const voided = invoiceBecomes === 'void' ? invoice : null;
  const change = await endPendingChange({ database, session, subscription, at });
  const credit = voided ? creditAfterVoid({ creditBalance: change.credit, draft: voided }) : change.credit;
  const ofVoided = voided ? await refundsOfVoidedInvoice({ database, session, invoice: voided }) : [];
  const { refunds: prorated, creditBalance } = isProrated
    ? await proratedRefunds({ database, session, subscription, openInvoice: invoice, credit, at })
    : { refunds: [], creditBalance: credit };
  const refunds = [...change.refunds, ...ofVoided, ...prorated];
  const refundMinor = refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
  return {
    ...(by ? { by } : {}),
    to: 'cancelled',
    set: {
      ...change.set,
      waiting: null,
      resumeAt: null,
      reason,
      creditBalance,
      charge: charge?.status === 'pending' ? charge : null,
    },
    event: {
      type: 'subscription.cancelled',
      data: { reason, refundMinor, ...(invoice ? { invoiceId: invoice._id } : {}) },
    },
    mails: [mailOf(subscription, 'subscriptionCancelled', { amountMinor: refundMinor, until: at })],
    alongside: async (within) => {
      await withdrawPendingPayments({ database, session: within, subscription, reason: 'subscription_cancelled' });
      await change.alongside(within);
      if (invoice) await closeInvoice({ database, session: within, invoice, state: invoiceBecomes, at });
      await acceptRefunds({ database, session: within, subscription, refunds, by, at });
    },
  };
}

interface CloseInvoiceInput {
  database: Database;
  session: ClientSession;
  invoice: Invoice;
  state: 'void' | 'uncollectible';
  at: string;
}

async function closeInvoice({ database, session, invoice, state, at }: CloseInvoiceInput): Promise<void> {
  await database.models.invoices.updateOne(
    { _id: invoice._id, tenantId: invoice.tenantId, state: 'open' },
    { $set: { state, updatedAt: new Date(at) }, $inc: { version: 1 } },
    { session },
  );
}
