import type { MethodReport } from '../../contracts/payments/gateway-notice';
import { isId } from '../../domain/ids';
import { endedSubscriptionStates } from '../../domain/subscriptions/subscription';
import { gatewayOf, type GatewayName } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { MethodSetup, Subscription } from '../../models/subscriptions/subscription';
import { createClock } from '../clock';
import { insertDocuments } from '../insert-documents';
import { changeSubscription } from './change-subscription';
import { methodSetupMails } from './method-setup-mails';

export interface KeepMethodReportInput {
  database: Database;
  gateway: GatewayName;
  report: MethodReport;
}

/**
 * Records on its subscription how the gateway's saving of a payment method went on: the customer has confirmed, or has
 * not. An event that was stored before, or about an earlier payment method, changes nothing.
 */
export async function keepMethodReport({ database, gateway, report }: KeepMethodReportInput): Promise<void> {
  const { gatewayEvents, subscriptions } = database.models;
  const { eventId, type, tenantId, idempotencyKey, setupId } = report;
  // A gateway cannot report about the other mode, whatever it signs.
  if (gatewayOf(tenantId) !== gateway) return;
  const _id = `${gateway}:${eventId}`;
  if (await gatewayEvents.exists({ _id, tenantId })) return;
  const [subscriptionId = ''] = idempotencyKey.split(':');
  const at = (await createClock({ database }).now(tenantId)).toISOString();
  const event = { _id, tenantId, gateway, type, idempotencyKey, authorisationId: setupId, outboxRowId: null };
  try {
    await database.inTransaction(async (session) => {
      await insertDocuments({ model: gatewayEvents, documents: [{ ...event, receivedAt: new Date() }], session });
      // Read within the transaction: the payment method may just be replaced.
      const subscription = isId('subscription', subscriptionId)
        ? await subscriptions.findOne({ _id: subscriptionId, tenantId }).session(session).lean()
        : null;
      if (!subscription || !isNews({ subscription, report })) return;
      const step = `payment-method-report/${eventId}`;
      await changeSubscription({ database, session, tenantId, subscriptionId, step, at }, (found) => ({
        set: { methodSetup: setupOf(report) },
        event: { type: 'subscription.payment_method_checked', data: { state: report.state, reason: report.reason } },
        mails: methodSetupMails(found, report.state),
      }));
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

const setupOf = ({ state, idempotencyKey: key, reason, url }: MethodReport): MethodSetup => ({
  state,
  key,
  reason,
  url,
});

/** Events arrive in any order: a saved payment method stays saved, and a confirmation is asked for once. */
function isNews({ subscription, report }: { subscription: Subscription; report: MethodReport }): boolean {
  const { state, methodSetup } = subscription;
  if (methodSetup?.key !== report.idempotencyKey || endedSubscriptionStates.includes(state)) return false;
  const mayCome = { saved: ['pending', 'requires_action', 'declined'], declined: ['pending', 'requires_action'] };
  return { ...mayCome, requires_action: ['pending'] }[report.state].includes(methodSetup.state);
}
