import type { ActivityDependencies } from '../dependencies';
import {
  chargeStep,
  paymentReported,
  subscriptionId as workflowIdOf,
} from '../../src/contracts/subscriptions/subscription';
import type {
  ChargeStepInput,
  InvoiceAnswer,
  SubscriptionDetails,
  SubscriptionMoved,
  UpdateSubscriptionInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { byWorkflow } from '../../src/domain/actor';
import { newId } from '../../src/domain/ids';
import { purposeOfCharge } from '../../src/domain/subscriptions/charge-purpose';
import { amountDue } from '../../src/domain/subscriptions/invoice';
import { billNextPeriod, billingStandingOf } from '../../src/domain/subscriptions/plan-change';
import { hasEnded } from '../../src/domain/subscriptions/subscription';
import { settledPaymentStates } from '../../src/domain/payments/payment';
import { progressOf } from '../../src/domain/subscriptions/subscription-progress';
import type { Invoice } from '../../src/models/subscriptions/invoice';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import { requireOwned } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { insertDocuments } from '../../src/services/insert-documents';
import { acceptPayment } from '../../src/services/payments/accept-payment';
import { changeSubscription, type SubscriptionChange } from '../../src/services/subscriptions/change-subscription';
import { findChargedInvoice } from '../../src/services/subscriptions/find-invoice';
import { newInvoice } from '../../src/services/subscriptions/new-invoice';
import { settleCharge } from '../../src/services/subscriptions/settle-charge';
import { RenewalWithheld, requireBillable, withholdRenewal } from '../../src/services/subscriptions/withheld-renewal';

/**
 * No invoice is created: the subscription was cancelled, or a cancel takes effect at the moment at which the period
 * would begin.
 */
class NotInvoiced extends Error {}

/** The steps of one charge: its details, the invoice and its payment, and the recorded result. */
export const createSubscriptionPaymentActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;
  const find = ({ tenantId, subscriptionId }: ChargeStepInput) =>
    findEntity({ database, tenantId, entityType: 'subscription', entityId: subscriptionId });

  /** Returns the invoice that this charge is for: the open one, or that of the next period. */
  const billedInvoice = async (
    subscription: Subscription,
    at: string,
  ): Promise<{ invoice: Invoice; isNew: boolean; set: Partial<Subscription> }> => {
    const open = await findChargedInvoice({ database, subscription });
    if (open) return { invoice: open, isNew: false, set: {} };
    if (subscription.waiting?.what === 'cancel')
      throw new NotInvoiced(`subscription ${subscription._id} is cancelled where its next period would begin`);
    await requireBillable({ database, subscription });
    const change = subscription.waiting?.what === 'change_plan' ? subscription.waiting.item : null;
    const { draft, item, schedule, period } = billNextPeriod({ standing: billingStandingOf(subscription), change });
    const invoice = newInvoice({ invoiceId: newId('invoice'), subscription, kind: 'period', draft, period, at });
    const set = {
      item,
      schedule,
      period,
      nextPeriodAt: new Date(period.endAt),
      creditBalance: draft.creditBalance,
      ...(change ? { waiting: null } : {}),
    };
    return { invoice, isNew: true, set };
  };

  /** Pauses or ends the subscription; does nothing where its user has become billable meanwhile. */
  const withhold = async (input: ChargeStepInput): Promise<void> => {
    const { at } = input;
    const decide = async (subscription: Subscription): Promise<SubscriptionChange> => {
      const change = hasEnded(subscription.state) ? null : await withholdRenewal({ database, subscription, at });
      if (!change) throw new NotInvoiced(`subscription ${subscription._id} is billed after all`);
      return change;
    };
    try {
      await changeSubscription({ database, ...input, step: `withheld/${at}` }, decide);
    } catch (error) {
      if (!(error instanceof NotInvoiced)) throw error;
    }
  };

  return {
    /**
     * Returns the details of this attempt before it begins: its payment, null where none exists yet; `withdraw` is
     * true when that payment is no longer wanted.
     */
    async getSubscriptionDetails(input: ChargeStepInput): Promise<SubscriptionDetails> {
      const subscription = await find(input);
      requireOwned(
        { entityType: 'subscription', entityId: input.subscriptionId, chain: input.chain },
        subscription.chain,
      );
      const made = (await findChargedInvoice({ database, subscription }))?.attempts.find(
        ({ attempt }) => attempt === input.attempt,
      );
      if (!made) return { paymentId: null, withdraw: false };
      const payment = await models.payments
        .findOne({ _id: made.paymentId, tenantId: input.tenantId }, { paymentMethod: 1 })
        .lean()
        .orFail();
      return {
        paymentId: made.paymentId,
        withdraw: !isWanted(subscription) || payment.paymentMethod !== subscription.paymentMethod,
      };
    },

    /**
     * Creates the invoice of the period that is due, or takes the open one, and accepts a payment over it: both once,
     * however often this runs. A change that waited for the period's end takes effect with its invoice; a cancel that
     * waited leaves the period uninvoiced, and so does a user who is not billed. Returns null where nothing is due.
     */
    async createInvoice(input: ChargeStepInput): Promise<InvoiceAnswer> {
      const { tenantId, step, attempt, at } = input;
      let paymentId: string | null = null;
      const decide = async (subscription: Subscription): Promise<SubscriptionChange> => {
        const { correlationId, charge } = subscription;
        if (!isWanted(subscription))
          throw new NotInvoiced(`subscription ${subscription._id} has ended or expires before ${step}`);
        const { invoice, isNew, set } = await billedInvoice(subscription, at);
        const due = amountDue(invoice);
        paymentId = due.amountMinor === 0 ? null : newId('payment');
        const attempts =
          paymentId === null ? [] : [{ attempt, paymentId, at: new Date(at), state: 'pending', reason: null } as const];
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
          set: {
            ...set,
            charge: {
              rung: 1,
              failedAt: null,
              nextAt: null,
              ...charge,
              invoiceId: invoice._id,
              periodStart: invoice.period.startAt,
              attempt,
              status: 'pending',
              until: null,
            },
          },
          event: { type: isNew || attempt === 1 ? 'subscription.invoiced' : 'subscription.charge_retried', data },
          alongside: async (session) => {
            if (isNew)
              await insertDocuments({ model: models.invoices, documents: [{ ...invoice, attempts }], session });
            else
              await models.invoices.updateOne(
                { _id: invoice._id, tenantId },
                { $push: { attempts: { $each: attempts } }, $set: { updatedAt: new Date(at) }, $inc: { version: 1 } },
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
              purpose: purposeOfCharge(subscription),
              parent: { workflowId: workflowIdOf(subscription._id), signal: paymentReported.name },
              customerId: subscription.customerId ?? subscription.userId,
              correlationId,
              by: byWorkflow,
              at,
            });
          },
        };
      };
      try {
        await changeSubscription({ database, ...input }, decide);
      } catch (error) {
        if (error instanceof RenewalWithheld) await withhold(input);
        else if (!(error instanceof NotInvoiced)) throw error;
        return { paymentId: null };
      }
      // A repeat decides nothing: it reads the event of the first run.
      const { data } = await models.events.findOne({ tenantId, entityId: input.subscriptionId, step }).lean().orFail();
      return { paymentId: typeof data.paymentId === 'string' ? data.paymentId : null };
    },

    /**
     * Records the result of an attempt: the invoice, the subscription and its dunning. A result that is not final is
     * recorded once per state. An attempt that was not invoiced is not recorded, so that it can be made later after all
     * (the cancel may be undone).
     */
    async updateSubscription(input: UpdateSubscriptionInput): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId: entityId, payment, at } = input;
      if (
        payment === null &&
        !(await models.events.exists({ tenantId, entityId, step: chargeStep('invoice', input) }))
      ) {
        const subscription = await find(input);
        return { state: subscription.state, at, progress: progressOf(subscription) };
      }
      const isFinal = payment === null || settledPaymentStates.includes(payment.state);
      const step = isFinal ? input.step : `${input.step}/pending/${payment.state}`;
      return changeSubscription({ database, ...input, step }, (subscription) =>
        settleCharge({ database, subscription, input }),
      );
    },
  };
};

/** Returns true while the subscription wants its open invoice, or its next period, to be charged. */
const isWanted = (subscription: Subscription): boolean =>
  !hasEnded(subscription.state) && progressOf(subscription).firstCharge?.isWithdrawn !== true;
