import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';

export interface FindChargedInvoiceInput {
  database: Database;
  session?: ClientSession;
  subscription: Pick<Subscription, 'tenantId' | 'charge'>;
}

/** Returns the invoice that a subscription is being charged for; null where there is none yet, or none at all. */
export async function findChargedInvoice({
  database,
  session,
  subscription: { tenantId, charge },
}: FindChargedInvoiceInput): Promise<Invoice | null> {
  if (!charge?.invoiceId) return null;
  return database.models.invoices
    .findOne({ _id: charge.invoiceId, tenantId })
    .session(session ?? null)
    .lean()
    .orFail();
}

export interface FindOpenInvoicesInput {
  database: Database;
  session?: ClientSession;
  subscription: Pick<Subscription, '_id' | 'tenantId'>;
}

/** Returns the open invoices of a subscription, the oldest first. */
export const findOpenInvoices = ({
  database,
  session,
  subscription: { _id: subscriptionId, tenantId },
}: FindOpenInvoicesInput): Promise<Invoice[]> =>
  database.models.invoices
    .find({ tenantId, subscriptionId, state: 'open' })
    .sort({ _id: 1 })
    .session(session ?? null)
    .lean();
