import type { ClientSession } from 'mongoose';
import type { Money } from '../../domain/money';
import type { EndRefund } from '../../domain/subscriptions/end-refund';
import { creditAfterVoid } from '../../domain/subscriptions/invoice';
import type { Database } from '../../models/database';
import type { Invoice, InvoiceAttempt } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { refundsOfVoidedInvoice } from './subscription-refunds';

export interface EndPendingChangeInput {
  database: Database;
  /** The caller's transaction. */
  session?: ClientSession;
  subscription: Subscription;
  /** The attempts of the change's invoice, with a result that the step records. Defaults to those recorded. */
  attempts?: InvoiceAttempt[];
  at: string;
}

export interface EndedChange {
  /** Null where no change was pending. */
  invoice: Invoice | null;
  set: Partial<Subscription>;
  /** The credit, with the part that the change's invoice had used. */
  credit: Money;
  /** What was captured of the change at the gateway, to be refunded. */
  refunds: EndRefund['refunds'];
  /** Voids the invoice. */
  alongside: (session: ClientSession) => Promise<void>;
}

/**
 * Returns the end of a change that is not paid: its invoice is void, its credit is returned, and the subscription stays
 * as it is. A payment under way is kept in `withdrawnCharges` until its outcome is known.
 */
export async function endPendingChange(input: EndPendingChangeInput): Promise<EndedChange> {
  const { database, session, subscription, at } = input;
  const { tenantId, pendingChange, creditBalance, withdrawnCharges } = subscription;
  if (!pendingChange)
    return { invoice: null, set: {}, credit: creditBalance, refunds: [], alongside: async () => undefined };
  const { invoiceId, attempt, status } = pendingChange;
  const invoice = await database.models.invoices
    .findOne({ _id: invoiceId, tenantId })
    .session(session ?? null)
    .lean()
    .orFail();
  const attempts = input.attempts ?? invoice.attempts;
  const isUnderWay =
    status === 'pending' && attempts.some((made) => made.attempt === attempt && made.state === 'pending');
  const credit = creditAfterVoid({ creditBalance, draft: invoice });
  return {
    invoice,
    set: {
      pendingChange: null,
      creditBalance: credit,
      ...(isUnderWay ? { withdrawnCharges: [...withdrawnCharges, { invoiceId, attempt }] } : {}),
    },
    credit,
    refunds: await refundsOfVoidedInvoice({ database, session, invoice: { ...invoice, attempts } }),
    alongside: async (within) => {
      await database.models.invoices.updateOne(
        { _id: invoiceId, tenantId, state: 'open' },
        { $set: { state: 'void', attempts, updatedAt: new Date(at) }, $inc: { version: 1 } },
        { session: within },
      );
    },
  };
}
