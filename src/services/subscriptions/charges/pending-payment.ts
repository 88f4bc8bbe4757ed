import type { ClientSession } from 'mongoose';
import type { Database } from '../../../models/database';
import type { Subscription, WithdrawnCharge } from '../../../models/subscriptions/subscription';

type ChargedSubscription = Pick<Subscription, 'tenantId' | 'charge' | 'pendingChange' | 'withdrawnCharges'>;

/** Returns the attempts under way that the subscription still wants: of its open invoice, and of a change. */
function wantedCharges({ charge, pendingChange }: ChargedSubscription): WithdrawnCharge[] {
  const wanted: WithdrawnCharge[] = [];
  if (charge?.status === 'pending' && charge.invoiceId)
    wanted.push({ invoiceId: charge.invoiceId, attempt: charge.attempt });
  if (pendingChange?.status === 'pending')
    wanted.push({ invoiceId: pendingChange.invoiceId, attempt: pendingChange.attempt });
  return wanted;
}

export interface FindPendingPaymentsInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  subscription: ChargedSubscription;
}

/** Returns the ids of the payments that a subscription has under way, also of those that it has withdrawn. */
export const findPendingPaymentIds = (input: FindPendingPaymentsInput): Promise<string[]> =>
  findPaymentIds(input, [...wantedCharges(input.subscription), ...input.subscription.withdrawnCharges]);

async function findPaymentIds(
  { database: { models }, session, subscription: { tenantId } }: FindPendingPaymentsInput,
  charges: readonly WithdrawnCharge[],
): Promise<string[]> {
  if (charges.length === 0) return [];
  const invoices = await models.invoices
    .find({ _id: { $in: charges.map(({ invoiceId }) => invoiceId) }, tenantId }, { attempts: 1 })
    .session(session ?? null)
    .lean();
  return charges.flatMap(({ invoiceId, attempt }) =>
    invoices
      .filter(({ _id }) => _id === invoiceId)
      .flatMap(({ attempts }) => attempts.filter((made) => made.attempt === attempt))
      .map(({ paymentId }) => paymentId),
  );
}

export interface WithdrawPendingPaymentsInput extends FindPendingPaymentsInput {
  session: ClientSession;
  reason: 'subscription_cancelled' | 'replaced' | 'not_paid_in_time';
  /** The subscription's payment method: a payment by it is wanted. Left out where no payment is wanted. */
  paymentMethod?: string;
}

/**
 * Records on the payments under way the reason why the subscription no longer wants them, or that they are wanted. The
 * process that charges cancels the payments' processes, which record this reason.
 */
export const withdrawPendingPayments = async (input: WithdrawPendingPaymentsInput): Promise<void> =>
  withdraw(input, wantedCharges(input.subscription));

/** Records on the payment of a change why the change no longer wants the payment. */
export const withdrawChangePayment = async ({
  reason,
  ...input
}: Omit<WithdrawPendingPaymentsInput, 'reason'> & { reason: 'change_withdrawn' | 'change_expired' }): Promise<void> =>
  withdraw({ ...input, reason }, wantedCharges({ ...input.subscription, charge: null }));

async function withdraw(
  {
    reason,
    paymentMethod = '',
    ...input
  }: FindPendingPaymentsInput & { session: ClientSession; reason: string; paymentMethod?: string },
  charges: readonly WithdrawnCharge[],
): Promise<void> {
  const { database, session, subscription } = input;
  const paymentIds = await findPaymentIds(input, charges);
  if (paymentIds.length === 0) return;
  const isWanted = { $eq: ['$paymentMethod', { $literal: paymentMethod }] };
  await database.models.payments.updateMany(
    { _id: { $in: paymentIds }, tenantId: subscription.tenantId },
    [{ $set: { withdrawReason: { $cond: [isWanted, null, reason] } } }],
    { session, updatePipeline: true },
  );
}
