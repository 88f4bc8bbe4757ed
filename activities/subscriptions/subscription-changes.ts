import type { ActivityDependencies } from '../dependencies';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import type {
  DueStep,
  SubscriptionCommandStep,
  SubscriptionMoved,
  WithdrawPlanChangeInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { DomainError } from '../../src/domain/domain-error';
import { meaningOfResume } from '../../src/domain/subscriptions/subscription';
import { findEntity } from '../../src/services/find-entity';
import { decidePlanChange } from '../../src/services/subscriptions/change-plan';
import type { SubscriptionChange } from '../../src/services/subscriptions/change-subscription';
import { endSubscription } from '../../src/services/subscriptions/end-subscription';
import { NotInvoiced } from '../../src/services/subscriptions/charges/new-attempt';
import { resumption } from '../../src/services/subscriptions/resumption';
import { withdrawChange } from '../../src/services/subscriptions/withdraw-change';
import { withholdRenewal } from '../../src/services/subscriptions/withheld-renewal';
import { moveSubscription, unmoved } from './subscription-step';

/** The changes of a subscription that affect time already paid for, or still to be paid. */
export const createSubscriptionChangeActivities = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  return {
    /**
     * Orders a change of plan. `now`: a change that costs nothing takes effect with this step, any other when its
     * invoice is paid. `period_end`: the change waits.
     */
    async changePlan(input: SubscriptionCommandStep<'changePlan'>): Promise<SubscriptionMoved> {
      const { at, planId, quantity, when, previewedAt, command, withdrawnInvoiceId } = input;
      const terms = { planId, quantity, when, previewedAt };
      return moveSubscription({ database, ...input }, (subscription) =>
        decidePlanChange({ database, subscription, terms, withdrawnInvoiceId, by: command.by, at }),
      );
    },

    /**
     * Withdraws the payment of the pending change, or gives the change up at its deadline. Does nothing where the
     * change has been settled meanwhile.
     */
    async withdrawPlanChange(input: WithdrawPlanChangeInput): Promise<SubscriptionMoved> {
      const { tenantId, subscriptionId, invoiceId, reason, at } = input;
      try {
        return await moveSubscription({ database, ...input }, (subscription) => {
          const { pendingChange } = subscription;
          if (pendingChange?.invoiceId !== invoiceId) throw new NotInvoiced(`change ${invoiceId} is settled`);
          return withdrawChange({ database, subscription, pendingChange, reason, at });
        });
      } catch (error) {
        if (!(error instanceof NotInvoiced)) throw error;
        const subscription = await findEntity({
          database,
          tenantId,
          entityType: 'subscription',
          entityId: subscriptionId,
        });
        return unmoved(subscription, at);
      }
    },

    /**
     * Resumes a subscription. Time given or paid for is used up first; afterwards a new period begins with the
     * resumption and is paid before the service starts. A resumption with a date begins at that date, however late
     * the timer or the worker was.
     */
    async resumeSubscription(input: DueStep<'resumeSubscription'>): Promise<SubscriptionMoved> {
      const { at, command } = input;
      const by = command ? { by: command.by } : {};
      return moveSubscription({ database, ...input }, async (subscription): Promise<SubscriptionChange> => {
        const { trialEndAt, paidUntil, resumeAt } = subscription;
        const resumedAt = command || resumeAt === null ? at : resumeAt.toISOString();
        const meaning = meaningOfResume({
          resumedAt,
          trialEndAt: trialEndAt?.toISOString() ?? null,
          paidUntil: paidUntil?.toISOString() ?? null,
        });
        if (meaning === 'charge_now') {
          const withheld = await withholdRenewal({ database, subscription, at });
          if (withheld && command)
            throw new DomainError(
              'USER_NOT_ACTIVE',
              'The user of the subscription is not active: no new period begins.',
            );
          return withheld ?? { ...by, ...(await resumption({ database, subscription, resumedAt })) };
        }
        return {
          ...by,
          to: meaning === 'trial_goes_on' ? 'trialing' : 'active',
          set: { resumeAt: null },
          event: { type: 'subscription.resumed' },
        };
      });
    },

    /**
     * Cancels immediately, or schedules a cancel for the period's end. An immediate cancel voids an open invoice,
     * returns the credit that it used and refunds the part that was paid. At the end of a period that was used, or when
     * dunning gives up, the rest of the invoice is uncollectible. The process that charges withdraws a payment under
     * way.
     */
    async cancelSubscription(input: DueStep<'cancelSubscription'>): Promise<SubscriptionMoved> {
      const { at, command, when, refund, reason = 'requested' } = input;
      const by = command?.by;
      return moveSubscription({ database, ...input }, async (subscription): Promise<SubscriptionChange> => {
        // The charge of the next period may have paused the subscription just now.
        if (when === 'period_end' && subscription.state === 'paused')
          throw new DomainError(
            'SUBSCRIPTION_PAUSED',
            'The subscription is paused: resume it first, or cancel it now.',
          );
        if (when === 'period_end')
          return {
            by,
            set: { waiting: { what: 'cancel' } },
            event: {
              type: 'subscription.cancel_waiting',
              data: { effectiveAt: subscription.nextPeriodAt.toISOString() },
            },
          };
        const isVoided = command !== undefined || reason === CANCELLED_IN_TEMPORAL;
        return endSubscription({
          database,
          subscription,
          invoiceBecomes: isVoided ? 'void' : 'uncollectible',
          isProrated: refund === 'prorated',
          reason,
          by,
          at,
        });
      });
    },
  };
};
