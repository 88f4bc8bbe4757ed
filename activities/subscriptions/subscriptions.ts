import type { ActivityDependencies } from '../dependencies';
import type {
  SubscriptionCommandStep,
  SubscriptionMoved,
  SubscriptionStepInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { DomainError } from '../../src/domain/domain-error';
import { billNextPeriod, billingStandingOf } from '../../src/domain/subscriptions/plan-change';
import { progressOf } from '../../src/domain/subscriptions/subscription-progress';
import { claimEntity } from '../../src/services/claim-entity';
import { findPayload } from '../../src/services/find-payload';
import { wasVoided } from '../../src/services/subscriptions/change-plan';
import { withdrawPendingPayments } from '../../src/services/subscriptions/pending-payment';
import { changeSubscription, mailOf, type DecideChange } from '../../src/services/subscriptions/change-subscription';

/** The steps of a subscription's start, trial and simple commands. Each is one guarded transition. */
export const createSubscriptionActivities = ({ database }: ActivityDependencies) => {
  const change = (input: SubscriptionStepInput, decide: DecideChange) =>
    changeSubscription({ database, ...input }, decide);

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
      return { state: subscription.state, at, progress: progressOf(subscription) };
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
      return change(input, async ({ waiting }) => {
        const what = waiting?.what ?? 'pending_change';
        if (!waiting && !(await wasVoided(database, tenantId, withdrawnInvoiceId)))
          throw new DomainError('NOTHING_TO_UNDO', 'The change of plan was paid before it could be withdrawn.');
        return { by: command.by, set: { waiting: null }, event: { type: 'subscription.undone', data: { what } } };
      });
    },

    /**
     * Stores another payment method. It is charged immediately for an invoice that failed, and in place of the payment
     * under way for an invoice or a change.
     */
    async updatePaymentMethod(input: SubscriptionCommandStep<'updatePaymentMethod'>): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId: entityId, command } = input;
      const { paymentMethod } = await findPayload({ database, tenantId, entityId, commandId: command.id });
      if (typeof paymentMethod !== 'string')
        throw new DomainError('PAYMENT_METHOD_MISSING', 'The command has no payment method: send it again.', {
          pointer: '/paymentMethod',
        });
      return change(input, (subscription) => {
        const { charge } = subscription;
        return {
          by: command.by,
          set: { paymentMethod, ...(charge?.status === 'failed' ? { charge: { ...charge, status: 'due' } } : {}) },
          event: { type: 'subscription.payment_method_changed' },
          alongside: (session) => withdrawPendingPayments({ database, session, subscription, reason: 'replaced' }),
        };
      });
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
