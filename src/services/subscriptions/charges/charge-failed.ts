import type { EventType } from '../../../contracts/events';
import { defaultDunningLadder, nextDunningStep } from '../../../domain/subscriptions/dunning';
import { amountDue } from '../../../domain/subscriptions/invoice';
import type { SubscriptionState } from '../../../domain/subscriptions/subscription';
import type { FirstChargeDeadline } from '../../../domain/subscriptions/subscription-progress';
import { tenantOf } from '../../../domain/tenant';
import type { Charge } from '../../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from '../change-subscription';
import { chargeDataOf, hasOtherMethod, recordAttempt, type ReportedCharge } from './charge-attempt';
import { resumeFailed } from './resume-failed';
import { firstChargeUnpaid } from './first-charge-unpaid';

/** The facts that every outcome of a failed charge shares. */
interface FailedCharge extends ReportedCharge {
  current: Charge;
  /** The amount still to be paid, in minor units. */
  amountMinor: number;
  failure: EventType;
  data: Record<string, unknown>;
  alongside: SubscriptionChange['alongside'];
}

/**
 * Returns the change after a charge that captured nothing, or not everything: dunning collects the rest of the invoice.
 */
export async function chargeFailed(charge: ReportedCharge): Promise<SubscriptionChange> {
  const { subscription, invoice, input, paidMinor } = charge;
  const { payment, attempt } = input;
  const isPart = paidMinor > 0;
  const reason = isPart ? 'paid_in_part' : (payment?.reason ?? payment?.state ?? 'failed');
  const amountMinor = amountDue(invoice).amountMinor - paidMinor;
  const how = isPart ? ({ state: 'paid', reason, paidMinor } as const) : ({ state: 'failed', reason } as const);
  const failed: FailedCharge = {
    ...charge,
    current: subscription.charge ?? newCharge(charge),
    amountMinor,
    failure: isPart ? 'subscription.paid_in_part' : 'subscription.payment_failed',
    data: { ...chargeDataOf(charge), reason, ...(isPart ? { paidMinor, dueMinor: amountMinor } : {}) },
    alongside: recordAttempt(charge, how),
  };
  if (await hasOtherMethod(charge)) return chargeAnother(failed, attempt);
  const firstCharge = firstChargeUnpaid(charge);
  if (firstCharge) return stayIncomplete(failed, firstCharge);
  if (subscription.state === 'paused') return resumeFailed(charge, { how, amountMinor });
  return subscription.state === 'unpaid' ? stayUnpaid(failed) : climbLadder(failed);
}

/** Another payment method came meanwhile: it is charged immediately, and no rung of the ladder is used up. */
const chargeAnother = (
  { input, current, failure, data, alongside }: FailedCharge,
  attempt: number,
): SubscriptionChange => ({
  set: { charge: { ...current, attempt, status: 'due' } },
  event: {
    type: input.payment?.state === 'cancelled' ? 'subscription.payment_withdrawn' : failure,
    data: { ...data, nextAt: null },
  },
  alongside,
});

/** A first charge is not dunned: it waits for another payment method until its deadline. */
function stayIncomplete(
  { subscription, input: { attempt }, current, amountMinor, failure, data, alongside }: FailedCharge,
  firstCharge: FirstChargeDeadline<Date>,
): SubscriptionChange {
  const expiresAt = firstCharge.until.toISOString();
  return {
    to: 'incomplete',
    set: { firstCharge, charge: { ...current, attempt, status: 'failed' } },
    event: { type: failure, data: { ...data, expiresAt } },
    mails: [mailOf(subscription, 'firstChargeFailed', { amountMinor, until: expiresAt })],
    alongside,
  };
}

function stayUnpaid({
  subscription,
  input: { attempt },
  current,
  amountMinor,
  failure,
  data,
  alongside,
}: FailedCharge): SubscriptionChange {
  const cancelAt = current.nextAt?.toISOString() ?? null;
  return {
    set: { charge: { ...current, attempt, status: 'failed' } },
    event: { type: failure, data: { ...data, cancelAt } },
    mails: [mailOf(subscription, 'renewalFailed', { amountMinor })],
    alongside,
  };
}

/** Moves to the next rung of the partner's ladder: the next attempt, or the cancellation. */
async function climbLadder(failed: FailedCharge): Promise<SubscriptionChange> {
  const { database, subscription, input, current, amountMinor, failure, data, alongside } = failed;
  const { at, attempt, tenantId } = input;
  const { dunning } = await database.models.partners
    .findById(tenantOf(tenantId).partnerId, { dunning: 1 })
    .lean()
    .orFail();
  const failedAt = current.failedAt?.toISOString() ?? at;
  const wasPlanned = current.failedAt !== null && current.nextAt !== null && current.nextAt.getTime() <= Date.parse(at);
  const rung = current.rung + (wasPlanned ? 1 : 0);
  const next = nextDunningStep({
    ladder: dunning ?? defaultDunningLadder,
    failedAt,
    attempt: rung,
    lastFailedAt: at,
  });
  const nextAt = next.kind === 'retry' ? next.at : next.cancelAt;
  const to: SubscriptionState = next.kind === 'retry' ? 'past_due' : 'unpaid';
  return {
    to,
    set: {
      charge: { ...current, attempt, status: 'failed', rung, failedAt: new Date(failedAt), nextAt: new Date(nextAt) },
    },
    event: { type: to === 'unpaid' ? 'subscription.unpaid' : failure, data: { ...data, nextAt } },
    mails: [
      mailOf(subscription, to === 'unpaid' ? 'subscriptionUnpaid' : 'renewalFailed', { amountMinor, until: nextAt }),
    ],
    alongside,
  };
}

const newCharge = ({ invoice, input: { attempt } }: ReportedCharge): Charge => ({
  invoiceId: invoice._id,
  periodStart: invoice.period.startAt,
  attempt,
  status: 'pending',
  rung: 1,
  failedAt: null,
  nextAt: null,
});
