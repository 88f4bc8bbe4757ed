import { paymentProcess } from '../../contracts/payments/process';
import { startOf } from '../../contracts/process';
import { subscriptionProcess } from '../../contracts/subscriptions/process';
import { DomainError } from '../../domain/domain-error';
import type { PaymentState } from '../../domain/payments/payment';
import type { Subscription } from '../../models/subscriptions/subscription';
import { applyStep } from '../apply-step';
import {
  findStuck,
  restartProcess,
  type RemedyDependencies,
  type RemedyInput,
  type StuckRemedy,
} from '../operator/stuck-remedy';
import { changeSubscription } from './change-subscription';
import { compareSubscription } from './compare-subscription';
import { endSubscription } from './end-subscription';
import { refundOwed, settleOwed } from './owed';
import { findPendingPaymentIds } from './charges/pending-payment';

const subscriptionRemedy = (dependencies: RemedyDependencies): StuckRemedy => ({
  async restart(input) {
    const { database } = dependencies;
    const entity = await findStuck({ database }, 'subscription', input);
    // A cancelled subscription has something left to do only while a payment is under way.
    const hasPayment = entity.charge !== null || entity.withdrawnCharges.length > 0;
    const from = hasPayment ? subscriptionProcess.states : subscriptionProcess.openStates;
    await releasePaymentsOf(dependencies, entity, input);
    await restartProcess({ ...input, database, process: subscriptionProcess, entity, from });
  },

  /**
   * Cancels the subscription immediately and voids the open invoice. A new run withdraws or refunds a payment under
   * way.
   */
  async close({ reason, ...input }) {
    const { database, workflows } = dependencies;
    const { item, by, at, session } = input;
    await workflows.terminate({ workflowId: item.subject, reason: 'Closed by an operator' });
    const { tenantId, entityId: subscriptionId } = item;
    await releasePaymentsOf(dependencies, await findStuck({ database }, 'subscription', input), input);
    await changeSubscription(
      { database, session, tenantId, subscriptionId, step: `close/${item._id}`, at },
      async (subscription) => {
        requireOpen(subscription);
        const ended = await endSubscription({
          database,
          session,
          subscription,
          invoiceBecomes: 'void',
          reason: 'closed_by_operator',
          by,
          at,
        });
        const isPending = (await findPendingPaymentIds({ database, session, subscription })).length > 0;
        return {
          ...ended,
          set: { ...ended.set, chain: null },
          event: { type: 'subscription.closed', data: { ...ended.event.data, reason } },
          starts: isPending ? [startOf({ process: subscriptionProcess, entity: subscription, restart: true })] : [],
        };
      },
    );
  },

  compareWithBooks: ({ item: { tenantId, entityId: subscriptionId }, session }) =>
    compareSubscription({ database: dependencies.database, session, tenantId, subscriptionId }),
  refundOwed: (input) => refundOwed({ ...input, database: dependencies.database }),
  settleOwed: (input) => settleOwed({ ...input, database: dependencies.database }),
});

function requireOpen({ _id, state }: Subscription): void {
  if (!subscriptionProcess.openStates.includes(state))
    throw new DomainError('ILLEGAL_STATE', `subscription ${_id} is ${state}, so nothing is left to close`);
}

/**
 * Releases the payments under way whose process is gone like their subscription's: until then no later run could own
 * them.
 */
async function releasePaymentsOf(
  dependencies: RemedyDependencies,
  subscription: Subscription,
  input: RemedyInput,
): Promise<void> {
  const { database } = dependencies;
  const { session } = input;
  for (const paymentId of await findPendingPaymentIds({ database, session, subscription }))
    await releasePayment(dependencies, paymentId, { tenantId: subscription.tenantId, ...input });
}

async function releasePayment(
  { database, workflows }: RemedyDependencies,
  paymentId: string,
  { item, by, at, session, tenantId }: RemedyInput & { tenantId: string },
): Promise<void> {
  const payment = await database.models.payments
    .findOne({
      _id: paymentId,
      tenantId,
      state: { $in: [...paymentProcess.openStates] as PaymentState[] },
      chain: { $ne: null },
    })
    .session(session)
    .lean();
  if (!payment || (await workflows.isRunning(paymentProcess.workflowId(payment)))) return;
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      step: `released/${item._id}`,
      at,
      by,
      from: paymentProcess.openStates,
      set: { chain: null },
      event: { type: 'payment.released' },
    },
    session,
  );
}

export const subscriptionRemedies = (dependencies: RemedyDependencies) => ({
  subscription: subscriptionRemedy(dependencies),
});
