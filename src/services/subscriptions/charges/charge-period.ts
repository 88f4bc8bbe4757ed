import { newId } from '../../../domain/ids';
import { purposeOfCharge } from '../../../domain/subscriptions/charge-purpose';
import { invoiceForPeriod } from '../../../domain/subscriptions/invoice';
import { billNextPeriod, billingStandingOf } from '../../../domain/subscriptions/plan-change';
import { hasEnded } from '../../../domain/subscriptions/subscription';
import { progressOf } from '../../../domain/subscriptions/subscription-progress';
import type { Database } from '../../../models/database';
import type { Invoice } from '../../../models/subscriptions/invoice';
import type { Charge, Subscription } from '../../../models/subscriptions/subscription';
import type { SubscriptionChange } from '../change-subscription';
import { findChargedInvoice } from '../find-invoice';
import { newAttempt, NotInvoiced } from './new-attempt';
import { newInvoice } from '../new-invoice';
import { requireBillable } from '../withheld-renewal';

/** Returns true while the subscription wants its open invoice, or its next period, to be charged. */
export const wantsPeriodCharge = (subscription: Subscription): boolean =>
  !hasEnded(subscription.state) && progressOf(subscription).firstCharge?.isWithdrawn !== true;

export interface ChargePeriodInput {
  database: Database;
  subscription: Subscription;
  attempt: number;
  at: string;
}

/**
 * Returns the change that begins an attempt to charge the open invoice, or the invoice of the next period.
 * @throws NotInvoiced where the subscription has ended or expires, or a cancel takes effect when the period would
 *   begin; `RenewalWithheld` where no new period is billed to the subscription's user.
 */
export async function chargePeriod({
  database,
  subscription,
  attempt,
  at,
}: ChargePeriodInput): Promise<SubscriptionChange> {
  const { charge } = subscription;
  if (subscription.state === 'paused' && !charge)
    throw new NotInvoiced(`subscription ${subscription._id} is paused and not being resumed`);
  if (!wantsPeriodCharge(subscription)) throw new NotInvoiced(`subscription ${subscription._id} has ended or expires`);
  const { invoice, isNew, set, next } = await billedInvoice({ database, subscription, at });
  const periodStart = charge?.periodStart ?? invoice.period.startAt;
  const purpose = purposeOfCharge(subscription);
  const { data, alongside } = newAttempt({ database, subscription, invoice, isNew, attempt, purpose, at });
  return {
    set: {
      ...set,
      charge: {
        rung: 1,
        failedAt: null,
        nextAt: null,
        ...charge,
        invoiceId: invoice._id,
        periodStart,
        attempt,
        status: 'pending',
        until: null,
        next,
      },
    },
    event: { type: isNew || attempt === 1 ? 'subscription.invoiced' : 'subscription.charge_retried', data },
    alongside,
  };
}

interface BilledInvoice {
  invoice: Invoice;
  isNew: boolean;
  set: Partial<Subscription>;
  /** The terms that take effect when the invoice is paid. */
  next: Charge['next'];
}

/** Returns the open invoice; otherwise that of the resumption, or of the next period. */
async function billedInvoice({
  database,
  subscription,
  at,
}: Omit<ChargePeriodInput, 'attempt'>): Promise<BilledInvoice> {
  const { charge, waiting } = subscription;
  const open = await findChargedInvoice({ database, subscription });
  if (open) return { invoice: open, isNew: false, set: {}, next: charge?.next ?? null };
  if (waiting?.what === 'cancel')
    throw new NotInvoiced(`subscription ${subscription._id} is cancelled where its next period would begin`);
  await requireBillable({ database, subscription });
  const standing = billingStandingOf(subscription);
  const billed = charge?.next
    ? { ...charge.next, draft: invoiceForPeriod({ ...standing, ...charge.next }) }
    : billNextPeriod({ standing, change: waiting?.what === 'change_plan' ? waiting.item : null });
  const { draft, item, schedule, period } = billed;
  const invoice = newInvoice({ invoiceId: newId('invoice'), subscription, kind: 'period', draft, period, at });
  const { creditBalance } = draft;
  // A resumption that is not paid leaves the subscription as it was.
  if (charge?.next) return { invoice, isNew: true, set: { creditBalance }, next: charge.next };
  const set = { period, nextPeriodAt: new Date(period.endAt), creditBalance };
  if (waiting === null) return { invoice, isNew: true, set, next: null };
  return { invoice, isNew: true, set: { ...set, waiting: null }, next: { item, schedule, period } };
}
