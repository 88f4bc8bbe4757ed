import type { ActivityDependencies } from '..';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import type {
  DueStep,
  SubscriptionCommandStep,
  SubscriptionMoved,
} from '../../src/contracts/subscriptions/subscription-activities';
import type { BillingPeriod } from '../../src/domain/subscriptions/billing-period';
import { newId } from '../../src/domain/ids';
import { creditAfterVoid } from '../../src/domain/subscriptions/invoice';
import { anchorAnew, billingStandingOf, changePlan as billChange } from '../../src/domain/subscriptions/plan-change';
import type { PlanItem } from '../../src/domain/subscriptions/plan';
import { meaningOfResume } from '../../src/domain/subscriptions/subscription';
import type { Invoice } from '../../src/models/subscriptions/invoice';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import { withdrawPendingPayment } from '../../src/services/subscriptions/pending-payment';
import { newInvoice } from './new-invoice';
import { createProratedRefunds } from './prorated-refunds';
import { createSubscriptionRecords, mailOf, type SubscriptionChange } from './subscription-records';
import { createSubscriptionRefunds } from './subscription-refunds';

/** The changes of a subscription that have to do with time already paid for, or still to be. */
export const createSubscriptionChangeActivities = (dependencies: ActivityDependencies) => {
  const { database, findPlanItem, insertDocuments } = dependencies;
  const { models } = database;
  const records = createSubscriptionRecords(dependencies);
  const refunds = createProratedRefunds(dependencies);
  const acceptRefunds = createSubscriptionRefunds(dependencies);

  return {
    /**
     * `now`: the plan changes with this step, and an invoice over the difference is open or settled by it.
     * `period_end`: it waits.
     */
    async changePlan(input: SubscriptionCommandStep<'changePlan'>): Promise<SubscriptionMoved> {
      const { tenantId, at, planId, quantity, when, command } = input;
      return records.change(input, async (subscription) => {
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
     * Time given or paid for is used up first; afterwards a new period begins with the resumption and is charged before
     * the service does. One that was told its moment begins at that moment, however late the timer or the worker was.
     */
    async resumeSubscription(input: DueStep<'resumeSubscription'>): Promise<SubscriptionMoved> {
      const { at, command } = input;
      const by = command ? { by: command.by } : {};
      return records.change(input, ({ trialEndAt, paidUntil, schedule, resumeAt }) => {
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
        const anew = anchorAnew(schedule, resumedAt);
        return {
          ...by,
          set: {
            resumeAt: null,
            schedule: anew,
            nextPeriodAt: new Date(anew.startAt),
            charge: {
              invoiceId: null,
              periodStart: anew.startAt,
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
     * Cancels at once, or has a cancel wait for the period's end. At once, an open invoice is taken back, with the
     * credit that it had used up and what was paid of it; at the end of a period that was used, or when dunning gives
     * up, what is left of it is uncollectible. A payment under way is withdrawn by whoever charges.
     */
    async cancelSubscription(input: DueStep<'cancelSubscription'>): Promise<SubscriptionMoved> {
      const { at, command, when, refund, reason = 'requested' } = input;
      return records.change(input, async (subscription): Promise<SubscriptionChange> => {
        const by = command ? { by: command.by } : {};
        const { charge, nextPeriodAt } = subscription;
        if (when === 'period_end')
          return {
            ...by,
            set: { waiting: { what: 'cancel' } },
            event: { type: 'subscription.cancel_waiting', data: { effectiveAt: nextPeriodAt.toISOString() } },
          };

        const invoice = charge?.invoiceId ? await records.findInvoice(input, charge.invoiceId) : null;
        const takenBack = command !== undefined || reason === CANCELLED_IN_TEMPORAL;
        const credit =
          invoice && takenBack
            ? creditAfterVoid({ creditBalance: subscription.creditBalance, draft: invoice })
            : subscription.creditBalance;
        const ofTakenBack = invoice && takenBack ? await refunds.planTakenBack(invoice) : [];
        const { refunds: prorated, creditBalance } =
          refund === 'prorated'
            ? await refunds.plan({ subscription, openInvoice: invoice, credit, at })
            : { refunds: [], creditBalance: credit };
        const plannedRefunds = [...ofTakenBack, ...prorated];
        const refundMinor = plannedRefunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
        return {
          ...by,
          to: 'cancelled',
          set: {
            waiting: null,
            resumeAt: null,
            reason,
            creditBalance,
            charge: charge?.status === 'pending' ? charge : null,
          },
          event: {
            type: 'subscription.cancelled',
            data: { reason, refundMinor, ...(invoice ? { invoiceId: invoice._id } : {}) },
          },
          mails: [mailOf(subscription, 'subscriptionCancelled', { amountMinor: refundMinor, until: at })],
          alongside: async (session) => {
            await withdrawPendingPayment({ database, session, subscription, reason: 'subscription_cancelled' });
            if (invoice) {
              await models.invoices.updateOne(
                { _id: invoice._id, tenantId: subscription.tenantId, state: 'open' },
                {
                  $set: { state: takenBack ? 'void' : 'uncollectible', updatedAt: new Date(at) },
                  $inc: { version: 1 },
                },
                { session },
              );
            }
            await acceptRefunds({ session, subscription, refunds: plannedRefunds, by: command?.by, at });
          },
        };
      });
    },
  };

  /**
   * A change that takes effect at once. An invoice over more than nothing is open and charged next; less than nothing
   * is credit.
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
