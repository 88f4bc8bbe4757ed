import { commandOf } from '../../contracts/subscriptions/subscription';
import type { BillingPeriod } from '../../domain/subscriptions/billing-period';
import type { InvoiceDraft } from '../../domain/subscriptions/invoice';
import { billingStandingOf, changePlan } from '../../domain/subscriptions/plan-change';
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
  const next = await findPlanItem({ database, tenantId, planId, quantity: quantity ?? subscription.item.quantity });
  const standing = billingStandingOf(subscription);
  const at = (await clock.nowFor(subscription)).toISOString();
  const { paid } = await findPaidFunds({ database, subscription });
  const { draft, period } = changePlan({ when, at, standing, next, paid });
  requireAccepted(
    refuseSubscriptionCommand({ command: commandOf('changePlan', { when }), standing: standingOf(subscription) }),
  );
  return { invoice: draft, period, effectiveAt: when === 'now' ? at : standing.nextPeriodAt };
}

/** Returns the facts by which the table of commands decides. */
export const standingOf = ({ state, charge, waiting }: Subscription): SubscriptionStanding => ({
  state,
  invoiceOpen: charge !== null,
  waiting: waiting?.what ?? null,
});
