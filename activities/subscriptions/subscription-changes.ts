import type { ActivityDependencies } from '../dependencies';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import type {
  DueStep,
  SubscriptionCommandStep,
  SubscriptionMoved,
} from '../../src/contracts/subscriptions/subscription-activities';
import type { BillingPeriod } from '../../src/domain/subscriptions/billing-period';
import { DomainError } from '../../src/domain/domain-error';
import { newId } from '../../src/domain/ids';
import {
  reanchorSchedule,
  billingStandingOf,
  changePlan as billChange,
} from '../../src/domain/subscriptions/plan-change';
import type { PlanItem } from '../../src/domain/subscriptions/plan';
import { meaningOfResume } from '../../src/domain/subscriptions/subscription';
import type { Invoice } from '../../src/models/subscriptions/invoice';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import { insertDocuments } from '../../src/services/insert-documents';
import { findPlanItem } from '../../src/services/subscriptions/accept-subscription';
import { changeSubscription, type SubscriptionChange } from '../../src/services/subscriptions/change-subscription';
import { endSubscription } from '../../src/services/subscriptions/end-subscription';
import { newInvoice } from '../../src/services/subscriptions/new-invoice';
import { withholdRenewal } from '../../src/services/subscriptions/withheld-renewal';

/** The changes of a subscription that affect time already paid for, or still to be paid. */
export const createSubscriptionChangeActivities = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  const { models } = database;

  return {
    /**
     * Changes the plan. `now`: the plan changes with this step, which also opens or settles an invoice over the
     * difference. `period_end`: the change waits.
     */
    async changePlan(input: SubscriptionCommandStep<'changePlan'>): Promise<SubscriptionMoved> {
      const { tenantId, at, planId, quantity, when, command } = input;
      return changeSubscription({ database, ...input }, async (subscription) => {
        const next = await findPlanItem({
          database,
          tenantId,
          planId,
          quantity: quantity ?? subscription.item.quantity,
        });
        const standing = billingStandingOf(subscription);
        const billed = billChange({ when, at, standing, next });
        if (when === 'period_end') {
          const { nextPeriodAt: effectiveAt } = standing;
          return {
            by: command.by,
            set: { waiting: { what: 'change_plan', item: next } },
            event: {
              type: 'subscription.plan_change_waiting',
              data: { planId, planName: next.plan.name, quantity: next.quantity, effectiveAt },
            },
          };
        }
        return { ...planChanged({ subscription, billed, next, at }), by: command.by };
      });
    },

    /**
     * Resumes a subscription. Time given or paid for is used up first; afterwards a new period begins with the
     * resumption and is charged before the service starts. A resumption with a date begins at that date, however late
     * the timer or the worker was.
     */
    async resumeSubscription(input: DueStep<'resumeSubscription'>): Promise<SubscriptionMoved> {
      const { at, command } = input;
      const by = command ? { by: command.by } : {};
      return changeSubscription({ database, ...input }, async (subscription): Promise<SubscriptionChange> => {
        const { trialEndAt, paidUntil, schedule, resumeAt } = subscription;
        const resumedAt = command || resumeAt === null ? at : resumeAt.toISOString();
        const meaning = meaningOfResume({
          resumedAt,
          trialEndAt: trialEndAt?.toISOString() ?? null,
          paidUntil: paidUntil?.toISOString() ?? null,
        });
        if (meaning !== 'charge_now') {
          return {
            ...by,
            to: meaning === 'trial_goes_on' ? 'trialing' : 'active',
            set: { resumeAt: null },
            event: { type: 'subscription.resumed' },
          };
        }
        const withheld = await withholdRenewal({ database, subscription, at });
        if (withheld && command)
          throw new DomainError('USER_NOT_ACTIVE', 'The user of the subscription is not active: no new period begins.');
        if (withheld) return withheld;
        const newSchedule = reanchorSchedule(schedule, resumedAt);
        return {
          ...by,
          set: {
            resumeAt: null,
            schedule: newSchedule,
            nextPeriodAt: new Date(newSchedule.startAt),
            charge: {
              invoiceId: null,
              periodStart: newSchedule.startAt,
              attempt: 0,
              status: 'due',
              rung: 1,
              failedAt: null,
              nextAt: null,
            },
          },
          event: { type: 'subscription.resuming' },
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
      return changeSubscription({ database, ...input }, async (subscription): Promise<SubscriptionChange> => {
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

  /**
   * Returns a change that takes effect immediately. An invoice with a positive total is open and charged next; a
   * negative total becomes credit.
   */
  function planChanged({
    subscription,
    billed,
    next,
    at,
  }: {
    subscription: Subscription;
    billed: ReturnType<typeof billChange>;
    next: PlanItem;
    at: string;
  }): SubscriptionChange {
    const { draft, schedule, period } = billed;
    const invoice =
      period && draft.lines.length > 0 ? changeInvoice({ subscription, billed: { ...billed, period }, at }) : null;
    const isOpen = invoice?.state === 'open';
    return {
      set: {
        item: next,
        schedule,
        period,
        creditBalance: draft.creditBalance,
        ...(period && period.endAt !== subscription.period?.endAt ? { nextPeriodAt: new Date(period.endAt) } : {}),
        ...(invoice && !isOpen ? { paidUntil: new Date(invoice.period.endAt) } : {}),
        ...(isOpen
          ? {
              charge: {
                invoiceId: invoice._id,
                periodStart: invoice.period.startAt,
                attempt: 0,
                status: 'due',
                rung: 1,
                failedAt: null,
                nextAt: null,
              },
            }
          : {}),
      },
      event: {
        type: 'subscription.plan_changed',
        data: {
          planId: next.planId,
          planName: next.plan.name,
          quantity: next.quantity,
          ...(invoice
            ? { invoiceId: invoice._id, subtotalMinor: draft.subtotal.amountMinor, totalMinor: draft.total.amountMinor }
            : {}),
        },
      },
      alongside: async (session) => {
        if (invoice) await insertDocuments({ model: models.invoices, documents: [invoice], session });
      },
    };
  }

  function changeInvoice({
    subscription,
    billed,
    at,
  }: {
    subscription: Subscription;
    billed: { draft: ReturnType<typeof billChange>['draft']; period: BillingPeriod };
    at: string;
  }): Invoice {
    return newInvoice({
      invoiceId: newId('invoice'),
      subscription,
      kind: 'change',
      draft: billed.draft,
      period: { startAt: at, endAt: billed.period.endAt },
      at,
    });
  }
};
