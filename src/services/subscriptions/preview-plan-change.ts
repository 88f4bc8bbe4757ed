import { commandOf } from '../../contracts/subscriptions/subscription';
import type { BillingPeriod } from '../../domain/subscriptions/billing/billing-period';
import { creditAfterVoid, type InvoiceDraft } from '../../domain/subscriptions/invoice';
import { billingStandingOf, changePlan, type BillingStanding } from '../../domain/subscriptions/plan-change';
import { requireAccepted } from '../../domain/refusal';
import { refuseSubscriptionCommand, type SubscriptionStanding } from '../../domain/subscriptions/subscription';
import { findEntity } from '../find-entity';
import { findPlanItem } from './accept-subscription';
import { findPaidFunds } from './paid-funds';
import type { Clock } from '../clock';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';

export interface PreviewPlanChangeInput {
  database: Pick<Database, 'models'>;
  tenantId: string;
  subscriptionId: string;
  planId: string;
  /** Defaults to the present quantity. */
  quantity?: number;
  when: 'now' | 'period_end';
  clock: Pick<Clock, 'nowFor'>;
}

export interface PlanChangePreview {
  /** The instant that the figures are for, ISO 8601: a change that names it is charged as shown. */
  at: string;
  /** The invoice that the change makes: immediately, or at the period's end. */
  invoice: InvoiceDraft;
  /** The period that runs afterwards; null where none has begun. */
  period: BillingPeriod | null;
  /** The instant at which the change takes effect, ISO 8601. */
  effectiveAt: string;
}

/**
 * Returns the cost of a change of plan, computed as the change itself computes it; changes nothing.
 * @throws DomainError `NOT_FOUND`, `PLAN_UNKNOWN`, `PLAN_CURRENCY_DIFFERS`, `NOTHING_TO_CHANGE`, and the conflicts that
 *   the change would meet (`INVOICE_OPEN`, `CHANGE_WAITING`, …).
 */
export async function previewPlanChange({
  database,
  tenantId,
  subscriptionId,
  planId,
  quantity,
  when,
  clock,
}: PreviewPlanChangeInput): Promise<PlanChangePreview> {
  const subscription = await findEntity({ database, tenantId, entityType: 'subscription', entityId: subscriptionId });
  const standing = await standingWithoutPendingChange({ database, subscription });
  const next = await findPlanItem({ database, tenantId, planId, quantity: quantity ?? standing.item.quantity });
  const at = (await clock.nowFor(subscription)).toISOString();
  const { paid } = await findPaidFunds({ database, subscription });
  const { when: takesEffect, draft, period } = changePlan({ when, at, standing, next, paid });
  requireAccepted(
    refuseSubscriptionCommand({ command: commandOf('changePlan', { when }), standing: standingOf(subscription) }),
  );
  return { at, invoice: draft, period, effectiveAt: takesEffect === 'now' ? at : standing.nextPeriodAt };
}

/** Returns the standing that a further change meets when the pending one falls, whose credit is reserved. */
async function standingWithoutPendingChange({
  database,
  subscription,
}: Pick<PreviewPlanChangeInput, 'database'> & { subscription: Subscription }): Promise<BillingStanding> {
  const standing = billingStandingOf(subscription);
  const { pendingChange, tenantId } = subscription;
  if (!pendingChange) return standing;
  const draft = await database.models.invoices.findOne({ _id: pendingChange.invoiceId, tenantId }).lean().orFail();
  return { ...standing, creditBalance: creditAfterVoid({ creditBalance: standing.creditBalance, draft }) };
}

/** Returns the facts by which the table of commands decides. */
export const standingOf = ({ state, charge, waiting, pendingChange }: Subscription): SubscriptionStanding => ({
  state,
  invoiceOpen: charge !== null,
  waiting: waiting?.what ?? null,
  changePending: pendingChange !== null,
});
