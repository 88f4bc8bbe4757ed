import type { PlanChangeTerms } from '../../contracts/subscriptions/subscription';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { billingStandingOf, changePlan, type PlanChangeBilled } from '../../domain/subscriptions/plan-change';
import { changeDeadline, refuseOutdatedPreview } from '../../domain/subscriptions/pending-change';
import { isSameItem } from '../../domain/subscriptions/plan';
import { requireAccepted } from '../../domain/refusal';
import type { Database } from '../../models/database';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { PendingChange, Subscription } from '../../models/subscriptions/subscription';
import { insertDocuments } from '../insert-documents';
import { findPlanItem } from './accept-subscription';
import { planDataOf, type SubscriptionChange } from './change-subscription';
import { newInvoice } from './new-invoice';

export interface DecidePlanChangeInput {
  database: Database;
  subscription: Subscription;
  terms: PlanChangeTerms;
  /** The invoice of the change that this command has withdrawn; left out without one. */
  withdrawnInvoiceId?: string;
  by: Actor;
  at: string;
}

/**
 * Returns the change that an order of another plan makes. `now`: a change that costs nothing takes effect with this
 * step; any other is pending until its invoice is paid. `period_end`: the change waits for the next period's invoice.
 * @throws DomainError as `findPlanItem` and `changePlan` do; `PREVIEW_OUTDATED`.
 */
export async function decidePlanChange(input: DecidePlanChangeInput): Promise<SubscriptionChange> {
  const { database, subscription, terms, withdrawnInvoiceId, by, at } = input;
  const { tenantId } = subscription;
  const standing = billingStandingOf(subscription);
  const next = await findPlanItem({
    database,
    tenantId,
    planId: terms.planId,
    quantity: terms.quantity ?? standing.item.quantity,
  });
  if (isSameItem(next, standing.item) && (await wasVoided(database, tenantId, withdrawnInvoiceId)))
    return { by, event: { type: 'subscription.undone', data: { what: 'pending_change' } } };
  const { previewedAt } = terms;
  if (previewedAt) requireAccepted(refuseOutdatedPreview({ previewedAt, now: at, ...pricesOf(subscription) }));
  const orderedAt = previewedAt ?? at;
  const billed = changePlan({ when: terms.when, at: orderedAt, standing, next });
  if (billed.when === 'period_end')
    return {
      by,
      set: { waiting: { what: 'change_plan', item: next } },
      event: {
        type: 'subscription.plan_change_waiting',
        data: { ...planDataOf(next), effectiveAt: standing.nextPeriodAt },
      },
    };
  return { ...takeEffect({ database, subscription, billed, orderedAt, at }), by };
}

const pricesOf = ({ period, pricedAt }: Subscription) => ({ period, pricedAt: pricedAt?.toISOString() ?? null });

/** Returns true when the withdrawn change has fallen. */
export async function wasVoided(
  { models }: Pick<Database, 'models'>,
  tenantId: string,
  invoiceId: string | undefined,
): Promise<boolean> {
  return (
    invoiceId !== undefined && (await models.invoices.exists({ _id: invoiceId, tenantId, state: 'void' })) !== null
  );
}

interface TakeEffectInput {
  database: Database;
  subscription: Subscription;
  billed: PlanChangeBilled;
  orderedAt: string;
  at: string;
}

/** Returns a change that is paid first, or takes effect immediately where nothing has to be paid. */
function takeEffect({ database, subscription, billed, orderedAt, at }: TakeEffectInput): SubscriptionChange {
  const { draft, item, schedule, period } = billed;
  if (!period || draft.lines.length === 0)
    return {
      set: { item, schedule, period },
      event: { type: 'subscription.plan_changed', data: planDataOf(item) },
    };
  const invoice = newInvoice({
    invoiceId: newId('invoice'),
    subscription,
    kind: 'change',
    draft,
    period: { startAt: orderedAt, endAt: period.endAt },
    at,
  });
  const data = {
    ...planDataOf(item),
    invoiceId: invoice._id,
    subtotalMinor: draft.subtotal.amountMinor,
    totalMinor: draft.total.amountMinor,
  };
  const alongside: SubscriptionChange['alongside'] = (session) =>
    insertDocuments({ model: database.models.invoices, documents: [invoice], session });
  const end = new Date(period.endAt);
  if (invoice.state === 'paid')
    return {
      set: { item, schedule, period, creditBalance: draft.creditBalance, nextPeriodAt: end, paidUntil: end },
      event: { type: 'subscription.plan_changed', data },
      alongside,
    };
  const pendingChange = newPendingChange({ subscription, invoice, item, schedule, period, orderedAt });
  return {
    set: { creditBalance: draft.creditBalance, pendingChange },
    event: {
      type: 'subscription.change_ordered',
      data: { ...data, orderedAt, until: pendingChange.until.toISOString() },
    },
    alongside,
  };
}

function newPendingChange({
  subscription: { period: present },
  invoice,
  orderedAt,
  ...terms
}: Pick<PendingChange, 'item' | 'schedule' | 'period'> & {
  subscription: Subscription;
  invoice: Invoice;
  orderedAt: string;
}): PendingChange {
  const until = changeDeadline({ orderedAt, periodEndAt: (present ?? terms.period).endAt });
  return {
    ...terms,
    invoiceId: invoice._id,
    orderedAt: new Date(orderedAt),
    until: new Date(until),
    attempt: 0,
    status: 'due',
    paymentUntil: null,
    actionUrl: null,
    isWithdrawn: false,
  };
}
