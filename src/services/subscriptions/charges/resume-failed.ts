import { creditAfterVoid } from '../../../domain/subscriptions/invoice';
import type { InvoiceAttempt } from '../../../models/subscriptions/invoice';
import { mailOf, type SubscriptionChange } from '../change-subscription';
import { attemptsWith, chargeDataOf, recordAttempt, type ReportedCharge } from './charge-attempt';
import { sumOfRefunds } from '../../../domain/subscriptions/end-refund';
import { acceptRefunds, refundsOfVoidedInvoice } from '../subscription-refunds';

export interface ResumeFailedInput {
  /** The attempt's result. */
  how: Pick<InvoiceAttempt, 'state' | 'reason' | 'paidMinor'>;
  /** The amount that was not paid, in minor units. */
  amountMinor: number;
}

/**
 * Returns the change after the charge of a resumption failed: the subscription stays paused, as it was. Its invoice is
 * void, the credit of the invoice is returned, and a captured part is refunded.
 */
export async function resumeFailed(
  charge: ReportedCharge,
  { how, amountMinor }: ResumeFailedInput,
): Promise<SubscriptionChange> {
  const { database, subscription, invoice, input } = charge;
  const { at } = input;
  const refunds = await refundsOfVoidedInvoice({
    database,
    invoice: { ...invoice, attempts: attemptsWith(charge, how) },
  });
  const refundMinor = sumOfRefunds(refunds);
  const record = recordAttempt(charge, how, { state: 'void' });
  return {
    set: {
      charge: null,
      resumeAt: null,
      creditBalance: creditAfterVoid({ creditBalance: subscription.creditBalance, draft: invoice }),
    },
    event: {
      type: 'subscription.resume_failed',
      data: { ...chargeDataOf(charge), reason: how.reason, refundMinor },
    },
    mails: [mailOf(subscription, 'resumeFailed', { amountMinor })],
    alongside: async (session) => {
      await record(session);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}
