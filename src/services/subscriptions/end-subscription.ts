import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { creditAfterVoid } from '../../domain/subscriptions/invoice';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from './change-subscription';
import { findChargedInvoice } from './find-invoice';
import { withdrawPendingPayment } from './pending-payment';
import { acceptRefunds, refundsAtEnd, refundsOfVoidedInvoice } from './subscription-refunds';

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
  const credit = voided
    ? creditAfterVoid({ creditBalance: subscription.creditBalance, draft: voided })
    : subscription.creditBalance;
  const ofVoided = voided ? await refundsOfVoidedInvoice({ database, session, invoice: voided }) : [];
  const { refunds: ofCredit, owed: creditBalance } = isProrated
    ? await refundsAtEnd({ database, session, subscription, openInvoice: invoice, credit, isProrated, at })
    : { refunds: [], owed: credit };
  const refunds = [...ofVoided, ...ofCredit];
  const refundMinor = refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
  return {
    ...(by ? { by } : {}),
    to: 'cancelled',
    set: {
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
      await withdrawPendingPayment({ database, session: within, subscription, reason: 'subscription_cancelled' });
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
