import type { ClientSession } from 'mongoose';
import type { BooksDifference } from '../../domain/operator/books-difference';
import { differencesOfPayment, differencesOfRefund } from '../../domain/payments/books-differences';
import type { Posting } from '../../domain/payments/ledger';
import type { Database } from '../../models/database';
import { postingOf } from '../../models/payments/ledger-posting';

interface BooksInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
}

/** Returns the postings of payments, by payment. */
export async function findPostings({
  database,
  session,
  tenantId,
  paymentIds,
}: BooksInput & { paymentIds: readonly string[] }): Promise<Map<string, Posting[]>> {
  const found = await database.models.ledgerPostings
    .find({ tenantId, paymentId: { $in: [...paymentIds] } })
    .session(session)
    .lean();
  const postings = new Map<string, Posting[]>(paymentIds.map((paymentId) => [paymentId, []]));
  for (const posting of found) postings.get(posting.paymentId)?.push(postingOf(posting));
  return postings;
}

export interface ComparePaymentsInput extends BooksInput {
  paymentIds: readonly string[];
  /** The postings of the payments, from `findPostings`. */
  postings: ReadonlyMap<string, readonly Posting[]>;
}

/** Returns the differences between payments and the ledger. A payment that is gone records nothing. */
export async function comparePayments({
  database,
  session,
  tenantId,
  paymentIds,
  postings,
}: ComparePaymentsInput): Promise<BooksDifference[]> {
  const payments = await database.models.payments
    .find({ _id: { $in: [...paymentIds] }, tenantId })
    .session(session)
    .lean();
  const byId = new Map(payments.map((payment) => [payment._id, payment]));
  return paymentIds.flatMap((paymentId) =>
    differencesOfPayment({
      paymentId,
      payment: byId.get(paymentId) ?? null,
      postings: postings.get(paymentId) ?? [],
    }),
  );
}

/** Returns the differences between one payment and the ledger. */
export async function comparePayment({ paymentId, ...input }: BooksInput & { paymentId: string }) {
  const paymentIds = [paymentId];
  return comparePayments({ ...input, paymentIds, postings: await findPostings({ ...input, paymentIds }) });
}

/** Returns the differences between a refund, its payment and the ledger; none for a refund that is gone. */
export async function compareRefund({ refundId, ...input }: BooksInput & { refundId: string }) {
  const { database, session, tenantId } = input;
  const refund = await database.models.refunds.findOne({ _id: refundId, tenantId }).session(session).lean();
  if (!refund) return [];
  const paymentIds = [refund.paymentId];
  const postings = await findPostings({ ...input, paymentIds });
  return [
    ...differencesOfRefund({ refund, postings: postings.get(refund.paymentId) ?? [] }),
    ...(await comparePayments({ ...input, paymentIds, postings })),
  ];
}
