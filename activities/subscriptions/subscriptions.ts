import type { ActivityDependencies } from '../dependencies';
import type {
  SubscriptionCommandStep,
  SubscriptionMoved,
  SubscriptionStepInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { DomainError } from '../../src/domain/domain-error';
import { billNextPeriod, billingStandingOf } from '../../src/domain/subscriptions/plan-change';
import { purposeOfCharge } from '../../src/domain/subscriptions/charge-purpose';
import { progressOf } from '../../src/domain/subscriptions/subscription-progress';
import type { MethodSetup, Subscription } from '../../src/models/subscriptions/subscription';
import { claimEntity } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { findPayload } from '../../src/services/find-payload';
import { wasVoided } from '../../src/services/subscriptions/change-plan';
import { withdrawPendingPayments } from '../../src/services/subscriptions/charges/pending-payment';
import { methodSetupMails } from '../../src/services/subscriptions/method-setup-mails';
import { expireSubscription } from '../../src/services/subscriptions/expire-subscription';
import { mailOf, type DecideChange } from '../../src/services/subscriptions/change-subscription';
import { COMMAND_SETUP_MS, setUpMethod } from './method-setup';
import { moveSubscription, unmoved } from './subscription-step';

class PaidMeanwhile extends Error {}

/** The steps of a subscription's start, trial and simple commands. Each is one guarded transition. */
export const createSubscriptionActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const change = (input: SubscriptionStepInput, decide: DecideChange) =>
    moveSubscription({ database, ...input }, decide);

  /** Saves the payment method of a subscription whose first charge comes later, while the customer is present. */
  const saveFirstMethod = (input: SubscriptionStepInput): Promise<SubscriptionMoved> =>
    change({ ...input, step: 'save-payment-method' }, async (subscription) => {
      const { tenantId, at } = input;
      const { paymentMethod } = subscription;
      const gateway = gatewayFor(tenantId);
      const occasion = 'first';
      const methodSetup = await setUpMethod({ database, gateway, subscription, paymentMethod, occasion, at });
      const { state = 'pending', reason = null } = methodSetup ?? {};
      return {
        set: { methodSetup },
        event: { type: 'subscription.payment_method_checked', data: { state, reason } },
        mails: methodSetupMails(subscription, state),
      };
    });

  /** @throws DomainError `PAYMENT_METHOD_UNUSABLE` for a payment method that the bank declines. */
  const setUpAnother = async (
    { tenantId, command, at }: SubscriptionCommandStep<'updatePaymentMethod'>,
    subscription: Subscription,
    paymentMethod: string,
  ): Promise<MethodSetup | null> => {
    const methodSetup = await setUpMethod({
      database,
      gateway: gatewayFor(tenantId),
      subscription,
      paymentMethod,
      occasion: command.id,
      at,
      timeoutMs: COMMAND_SETUP_MS,
    });
    if (methodSetup?.state !== 'declined') return methodSetup;
    throw new DomainError(
      'PAYMENT_METHOD_UNUSABLE',
      `The bank declined the payment method (${methodSetup.reason}): collect another one.`,
      { pointer: '/paymentMethod' },
    );
  };

  return {
    /**
     * Makes this chain the owner of the subscription and returns its progress. Throws `ENTITY_NOT_OURS` for a
     * subscription that another chain owns.
     */
    async beginSubscription(input: SubscriptionStepInput): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId, chain, at } = input;
      const subscription = await claimEntity({
        database,
        tenantId,
        entityType: 'subscription',
        entityId: subscriptionId,
        chain,
      });
      const chargedLater = subscription.state === 'accepted' && purposeOfCharge(subscription) === 'renewal';
      const mustSave = chargedLater && subscription.methodSetup === null && gatewayFor(tenantId).customers;
      return mustSave ? saveFirstMethod(input) : unmoved(subscription, at);
    },

    async startTrial(input: SubscriptionStepInput): Promise<SubscriptionMoved> {
      return change(input, ({ trialEndAt }) => ({
        to: 'trialing',
        event: { type: 'subscription.trial_started', data: { trialEndAt: trialEndAt?.toISOString() ?? null } },
      }));
    },

    /**
     * Notifies the user, where there is one, and the partner's webhooks that the trial ends and of the amount charged
     * then.
     */
    async announceTrialEnd(input: SubscriptionStepInput): Promise<SubscriptionMoved> {
      return change(input, (subscription) => {
        const trialEndAt = subscription.trialEndAt?.toISOString() ?? null;
        const waiting = subscription.waiting?.what === 'change_plan' ? subscription.waiting.item : null;
        // The first period may be a shorter one, and earlier credit may pay part of it.
        const {
          item,
          draft: {
            total: { amountMinor },
          },
        } = billNextPeriod({ standing: billingStandingOf(subscription), change: waiting });
        return {
          set: { trialNoticeAt: null },
          event: { type: 'subscription.trial_ending', data: { trialEndAt, amountMinor } },
          mails: [mailOf({ ...subscription, item }, 'trialEnding', { amountMinor, until: trialEndAt })],
        };
      });
    },

    async undoSubscriptionChange(input: SubscriptionCommandStep<'undoSubscriptionChange'>): Promise<SubscriptionMoved> {
      const { tenantId, command, withdrawnInvoiceId } = input;
      return change(input, async ({ state, waiting, charge }) => {
        if (waiting && charge?.next && state === 'paused')
          throw new DomainError('INVOICE_OPEN', 'The ordered plan is being charged: wait for the outcome.', {
            passes: true,
          });
        const what = waiting?.what ?? 'pending_change';
        if (!waiting && !(await wasVoided(database, tenantId, withdrawnInvoiceId)))
          throw new DomainError('NOTHING_TO_UNDO', 'The change of plan was paid before it could be withdrawn.');
        return { by: command.by, set: { waiting: null }, event: { type: 'subscription.undone', data: { what } } };
      });
    },

    /**
     * Stores another payment method. It is charged immediately for an invoice that failed, and in place of the payment
     * under way for an invoice or a change; that charge saves the payment method. Without an open invoice the gateway
     * is asked to save it, and one that the bank declines is refused.
     */
    async updatePaymentMethod(input: SubscriptionCommandStep<'updatePaymentMethod'>): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId: entityId, command } = input;
      const { paymentMethod } = await findPayload({ database, tenantId, entityId, commandId: command.id });
      if (typeof paymentMethod !== 'string')
        throw new DomainError('PAYMENT_METHOD_MISSING', 'The command has no payment method: send it again.', {
          pointer: '/paymentMethod',
        });
      return change(input, async (subscription) => {
        const { charge, pendingChange } = subscription;
        // A payment that was withdrawn before keeps its reason.
        const wanted = {
          ...subscription,
          charge: progressOf(subscription).firstCharge?.isWithdrawn ? null : charge,
          pendingChange: pendingChange?.isWithdrawn ? null : pendingChange,
        };
        const methodSetup = charge || pendingChange ? null : await setUpAnother(input, subscription, paymentMethod);
        return {
          by: command.by,
          set: {
            paymentMethod,
            methodSetup,
            ...(charge?.status === 'failed' ? { charge: { ...charge, status: 'due' } } : {}),
          },
          event: { type: 'subscription.payment_method_changed', data: { setup: methodSetup?.state ?? null } },
          mails: methodSetup ? methodSetupMails(subscription, methodSetup.state) : [],
          alongside: (session) =>
            withdrawPendingPayments({
              database,
              session,
              subscription: wanted,
              reason: 'replaced',
              paymentMethod,
            }),
        };
      });
    },

    /**
     * Ends a subscription whose first charge was not paid in time, or withdraws the payment under way. Does nothing
     * where the charge was paid meanwhile.
     */
    async expireSubscription(input: SubscriptionStepInput): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId: entityId, at } = input;
      try {
        return await change(input, (subscription) => {
          if (subscription.state !== 'incomplete') throw new PaidMeanwhile();
          return expireSubscription({ database, subscription, at });
        });
      } catch (error) {
        if (!(error instanceof PaidMeanwhile)) throw error;
        const subscription = await findEntity({ database, tenantId, entityType: 'subscription', entityId });
        return unmoved(subscription, at);
      }
    },

    async pauseSubscription(input: SubscriptionCommandStep<'pauseSubscription'>): Promise<SubscriptionMoved> {
      const { resumeAt = null, command } = input;
      return change(input, () => ({
        by: command.by,
        to: 'paused',
        set: { resumeAt: resumeAt === null ? null : new Date(resumeAt) },
        event: { type: 'subscription.paused', data: { resumeAt } },
      }));
    },
  };
};
