import type { ClientSession } from 'mongoose';
import { paymentReported, subscriptionId as workflowIdOf } from '../../../contracts/subscriptions/subscription';
import { byWorkflow } from '../../../domain/actor';
import { newId } from '../../../domain/ids';
import { amountDue } from '../../../domain/subscriptions/invoice';
import type { Database } from '../../../models/database';
import type { Invoice, InvoiceAttempt } from '../../../models/subscriptions/invoice';
import type { Payment } from '../../../models/payments/payment';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { insertDocuments } from '../../insert-documents';
import { acceptPayment } from '../../payments/accept-payment';

/** No invoice is charged: the subscription, or the change, no longer wants it. */
export class NotInvoiced extends Error {}

export interface NewAttemptInput {
  database: Database;
  subscription: Subscription;
  invoice: Invoice;
  /** True when the invoice is written with this attempt. */
  isNew: boolean;
  attempt: number;
  purpose: Payment['purpose'];
  /** ISO 8601. */
  at: string;
}

export interface NewAttempt {
  /** Data of the attempt's event; `paymentId` is null where nothing is due. */
  data: Record<string, unknown>;
  /** Writes the attempt on its invoice and accepts its payment. */
  alongside: (session: ClientSession) => Promise<void>;
}

/** Returns an attempt to charge what is due of an invoice. Its payment is started by the process that charges. */
export function newAttempt({
  database,
  subscription,
  invoice,
  isNew,
  attempt,
  purpose,
  at,
}: NewAttemptInput): NewAttempt {
  const { models } = database;
  const { tenantId, correlationId } = subscription;
  const due = amountDue(invoice);
  const paymentId = due.amountMinor === 0 ? null : newId('payment');
  const made: InvoiceAttempt[] =
    paymentId === null ? [] : [{ attempt, paymentId, at: new Date(at), state: 'pending', reason: null }];
  const data = {
    invoiceId: invoice._id,
    totalMinor: invoice.total.amountMinor,
    dueMinor: due.amountMinor,
    periodStart: invoice.period.startAt,
    periodEnd: invoice.period.endAt,
    attempt,
    paymentId,
  };
  return {
    data,
    async alongside(session) {
      if (isNew)
        await insertDocuments({ model: models.invoices, documents: [{ ...invoice, attempts: made }], session });
      else
        await models.invoices.updateOne(
          { _id: invoice._id, tenantId },
          { $push: { attempts: { $each: made } }, $set: { updatedAt: new Date(at) }, $inc: { version: 1 } },
          { session },
        );
      if (paymentId === null) return;
      await acceptPayment({
        database,
        session,
        tenantId,
        paymentId,
        amount: due,
        paymentMethod: subscription.paymentMethod,
        purpose,
        parent: { workflowId: workflowIdOf(subscription._id), signal: paymentReported.name },
        customerId: subscription.customerId ?? subscription.userId,
        correlationId,
        by: byWorkflow,
        at,
      });
    },
  };
}
