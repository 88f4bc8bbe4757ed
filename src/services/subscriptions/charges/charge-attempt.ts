import type { ClientSession } from 'mongoose';
import type { UpdateSubscriptionInput } from '../../../contracts/subscriptions/subscription-activities';
import type { PaymentState } from '../../../domain/payments/payment';
import type { Database } from '../../../models/database';
import type { Invoice, InvoiceAttempt } from '../../../models/subscriptions/invoice';
import type { Subscription } from '../../../models/subscriptions/subscription';

/** One attempt to charge an invoice, with a report about it. */
export interface ReportedCharge {
  database: Database;
  subscription: Subscription;
  invoice: Invoice;
  input: UpdateSubscriptionInput;
  /**
   * The amount of the attempt, in minor units: less than the requested amount where somebody captured a part in the
   * gateway's dashboard.
   */
  paidMinor: number;
}

const PAID: readonly PaymentState[] = ['captured', 'partially_refunded', 'refunded'];
export const isPaid = (state: PaymentState): boolean => PAID.includes(state);

/** Returns the reported attempt; undefined where its invoice never made it. */
export const attemptOf = (
  { attempts }: Invoice,
  { attempt }: Pick<UpdateSubscriptionInput, 'attempt'>,
): InvoiceAttempt | undefined => attempts.find((made) => made.attempt === attempt);

/** Returns the amount that the reported attempt captured, in minor units. */
export async function capturedBy({
  database,
  invoice,
  input,
}: Pick<ReportedCharge, 'database' | 'invoice' | 'input'>): Promise<number> {
  const { payment, tenantId } = input;
  const made = attemptOf(invoice, input);
  if (!made || !payment || !isPaid(payment.state)) return 0;
  const found = await database.models.payments
    .findOne({ _id: made.paymentId, tenantId }, { capturedMinor: 1 })
    .lean()
    .orFail();
  return found.capturedMinor;
}

/** Returns the attempts of the invoice with the result of the reported one. */
export const attemptsWith = (
  { invoice, input: { attempt } }: Pick<ReportedCharge, 'invoice' | 'input'>,
  how: Pick<InvoiceAttempt, 'state' | 'reason' | 'paidMinor'>,
): InvoiceAttempt[] => invoice.attempts.map((made) => (made.attempt === attempt ? { ...made, ...how } : made));

/** Returns the write that records the attempt's result, and the resulting state of its invoice. */
export const recordAttempt =
  (charge: ReportedCharge, how: Pick<InvoiceAttempt, 'state' | 'reason' | 'paidMinor'>, to: Partial<Invoice> = {}) =>
  async (session: ClientSession): Promise<void> => {
    const { database, invoice, input } = charge;
    await database.models.invoices.updateOne(
      { _id: invoice._id, tenantId: invoice.tenantId },
      { $set: { ...to, attempts: attemptsWith(charge, how), updatedAt: new Date(input.at) }, $inc: { version: 1 } },
      { session },
    );
  };

/** Returns true when the attempt was made with another payment method than the present one. */
export async function hasOtherMethod({ database, subscription, invoice, input }: ReportedCharge): Promise<boolean> {
  const tried = await database.models.payments
    .findOne({ _id: attemptOf(invoice, input)?.paymentId, tenantId: input.tenantId }, { paymentMethod: 1 })
    .lean();
  return tried !== null && tried.paymentMethod !== subscription.paymentMethod;
}

/** Returns the data of an event about an attempt. */
export const chargeDataOf = ({ invoice, input }: ReportedCharge): Record<string, unknown> => ({
  invoiceId: invoice._id,
  attempt: input.attempt,
  paymentId: attemptOf(invoice, input)?.paymentId ?? null,
  totalMinor: invoice.total.amountMinor,
  periodStart: invoice.period.startAt,
  periodEnd: invoice.period.endAt,
});
