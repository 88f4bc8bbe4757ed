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
import { endSubscription } from './end-subscription';
import { findChargedInvoice } from './find-invoice';
import { refundOwed, settleOwed } from './owed';

const subscriptionRemedy = (dependencies: RemedyDependencies): StuckRemedy => ({
  async restart(input) {
    const { database } = dependencies;
    const entity = await findStuck({ database }, 'subscription', input);
    // A cancelled subscription has something left to do only while a payment is under way.
    const from = entity.charge ? subscriptionProcess.states : subscriptionProcess.openStates;
    await releasePaymentOf(dependencies, entity, input);
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
    await releasePaymentOf(dependencies, await findStuck({ database }, 'subscription', input), input);
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
        const isPending = subscription.charge?.status === 'pending';
        return {
          ...ended,
          set: { ...ended.set, chain: null },
          event: { type: 'subscription.closed', data: { ...ended.event.data, reason } },
          starts: isPending ? [startOf({ process: subscriptionProcess, entity: subscription, restart: true })] : [],
        };
      },
    );
  },

  refundOwed: (input) => refundOwed({ ...input, database: dependencies.database }),
  settleOwed: (input) => settleOwed({ ...input, database: dependencies.database }),
});

function requireOpen({ _id, state }: Subscription): void {
  if (!subscriptionProcess.openStates.includes(state))
    throw new DomainError('ILLEGAL_STATE', `subscription ${_id} is ${state}, so nothing is left to close`);
}

/**
 * Releases a payment under way whose process is gone like its subscription's: until then no later run could own the
 * payment.
 */
async function releasePaymentOf(
  { database, workflows }: RemedyDependencies,
  subscription: Subscription,
  { item, by, at, session }: RemedyInput,
): Promise<void> {
  const { charge, tenantId } = subscription;
  const invoice = await findChargedInvoice({ database, session, subscription });
  const paymentId = invoice?.attempts.find(({ attempt }) => attempt === charge?.attempt)?.paymentId;
  if (!paymentId) return;
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
