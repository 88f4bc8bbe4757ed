import type { ClientSession } from 'mongoose';
import type { BooksDifference } from '../../domain/operator/books-difference';
import { differencesOfInvoice } from '../../domain/subscriptions/invoice-differences';
import type { Database } from '../../models/database';
import { comparePayments, findPostings } from '../payments/compare-with-books';

export interface CompareSubscriptionInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  subscriptionId: string;
}

/** Returns the differences between a subscription's invoices, their payments and the ledger. */
export async function compareSubscription({
  subscriptionId,
  ...input
}: CompareSubscriptionInput): Promise<BooksDifference[]> {
  const { database, session, tenantId } = input;
  const invoices = await database.models.invoices.find({ tenantId, subscriptionId }).session(session).lean();
  const paymentIds = invoices.flatMap(({ attempts }) => attempts.map(({ paymentId }) => paymentId));
  const postings = await findPostings({ ...input, paymentIds });
  return [
    ...invoices.flatMap((invoice) => differencesOfInvoice({ invoice, postings })),
    ...(await comparePayments({ ...input, paymentIds, postings })),
  ];
}
