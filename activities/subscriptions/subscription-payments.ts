import type { ActivityDependencies } from '../dependencies';
import { chargeStep } from '../../src/contracts/subscriptions/subscription';
import type {
  ChargeStepInput,
  InvoiceAnswer,
  SubscriptionDetails,
  SubscriptionMoved,
  UpdateSubscriptionInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { hasEnded } from '../../src/domain/subscriptions/subscription';
import { settledPaymentStates } from '../../src/domain/payments/payment';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import { requireOwned } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { changeSubscription, type DecideChange } from '../../src/services/subscriptions/change-subscription';
import { chargeChange } from '../../src/services/subscriptions/charges/charge-change';
import { chargePeriod, wantsPeriodCharge } from '../../src/services/subscriptions/charges/charge-period';
import { findChargedInvoice } from '../../src/services/subscriptions/find-invoice';
import { NotInvoiced } from '../../src/services/subscriptions/charges/new-attempt';
import { settleCharge } from '../../src/services/subscriptions/charges/settle-charge';
import { RenewalWithheld, withholdRenewal } from '../../src/services/subscriptions/withheld-renewal';
import { moveSubscription, unmoved } from './subscription-step';

/** The steps of one charge: its details, the invoice and its payment, and the recorded result. */
export const createSubscriptionPaymentActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;
  const find = ({ tenantId, subscriptionId }: ChargeStepInput) =>
    findEntity({ database, tenantId, entityType: 'subscription', entityId: subscriptionId });

  /** Pauses or ends the subscription; does nothing where its user has become billable meanwhile. */
  const withhold = async (input: ChargeStepInput): Promise<void> => {
    const { at } = input;
    const decide: DecideChange = async (subscription) => {
      const isOver = hasEnded(subscription.state) || subscription.waiting?.what === 'cancel';
      const change = isOver ? null : await withholdRenewal({ database, subscription, at });
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
      const { invoiceId, tenantId, attempt } = input;
      const invoice = invoiceId
        ? await models.invoices.findOne({ _id: invoiceId, tenantId }).lean()
        : await findChargedInvoice({ database, subscription });
      const made = invoice?.attempts.find((other) => other.attempt === attempt);
      if (!made) return { paymentId: null, withdraw: false };
      const payment = await models.payments
        .findOne({ _id: made.paymentId, tenantId }, { paymentMethod: 1 })
        .lean()
        .orFail();
      return {
        paymentId: made.paymentId,
        withdraw: !isWanted(subscription, invoiceId) || payment.paymentMethod !== subscription.paymentMethod,
      };
    },

    /**
     * Accepts a payment over the amount due: of the open invoice, of the invoice of the next period, which this step
     * creates, or of a change. Does so once, however often this runs. Returns null where nothing is due, or no longer
     * wanted.
     */
    async createInvoice(input: ChargeStepInput): Promise<InvoiceAnswer> {
      const { tenantId, step, attempt, invoiceId, at } = input;
      const decide: DecideChange = (subscription) =>
        invoiceId
          ? chargeChange({ database, subscription, invoiceId, attempt, at })
          : chargePeriod({ database, subscription, attempt, at });
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
        return unmoved(subscription, at);
      }
      const isFinal = payment === null || settledPaymentStates.includes(payment.state);
      const step = isFinal ? input.step : `${input.step}/pending/${payment.state}`;
      return moveSubscription({ database, ...input, step }, (subscription) =>
        settleCharge({ database, subscription, input }),
      );
    },
  };
};

/** Returns true while the subscription wants to be charged for its open invoice, or for the change of this invoice. */
const isWanted = (subscription: Subscription, invoiceId: string | undefined): boolean => {
  const { pendingChange } = subscription;
  return invoiceId === undefined
    ? wantsPeriodCharge(subscription)
    : pendingChange?.invoiceId === invoiceId && !pendingChange.isWithdrawn;
};
