import type { ClientSession } from 'mongoose';
import { USER_ONBOARDING, userOnboardingId } from '../../../contracts/users/onboarding';
import type { WorkflowStart } from '../../../contracts/outbox';
import {
  cancelPaymentSignal,
  PROCESS_PAYMENT,
  processPaymentId,
  REFUND_PAYMENT,
  refundPaymentId,
  type PaymentUndoing,
} from '../../../contracts/payments/payment';
import { SUBSCRIPTION, subscriptionId as subscriptionWorkflowId } from '../../../contracts/subscriptions/subscription';
import { taskQueues } from '../../../contracts/task-queues';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { creditAfterVoid } from '../../../domain/subscriptions/invoice';
import { openOnboardingStates } from '../../../domain/users/onboarding';
import { paymentStates, settledPaymentStates } from '../../../domain/payments/payment';
import { refundsOfAllLeft } from '../../../domain/payments/refund';
import { endedSubscriptionStates, subscriptionStates } from '../../../domain/subscriptions/subscription';
import { userTransitions } from '../../../domain/users/user';
import { acceptRefund } from '../../../services/payments/accept-refund';
import { applyStep } from '../../../services/apply-step';
import type { Database } from '../../../models/database';
import { entityModel } from '../../../models/entity-model';
import type { EntityType } from '../../../contracts/entity-types';
import type { Invoice } from '../../../models/subscriptions/invoice';
import type { Onboarding } from '../../../models/users/onboarding';
import type { Payment } from '../../../models/payments/payment';
import type { Entity } from '../../../models/schema-options';
import type { StuckItem } from '../../../models/operator/stuck-item';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { withdrawPendingPayment } from '../../../services/subscriptions/pending-payment';
import { isReleased, undoReleased } from '../payments/released-payment';
import type { RunningWorkflows } from '../../running-workflows';

export interface RemedyInput {
  item: StuckItem;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  session: ClientSession;
}

/** What can be done about a kind of entity whose process does not do what it should. Written within the session. */
export interface StuckRemedy {
  /** The states in which an entity of this kind has a process. */
  openStates: readonly string[];
  /** Starts the process anew; it picks up in the state the entity is in and owns it from then on. */
  restart(input: RemedyInput): Promise<void>;
  /** Ends the entity, undoing what was done. */
  close(input: RemedyInput & { reason: string | null }): Promise<void>;
  /**
   * What closing means while an outcome is not known: a signal to the process that waits for it, or null where there is
   * nothing to tell.
   */
  giveUp(input: RemedyInput): Promise<{ name: string; args: readonly unknown[] } | null>;
}

export type StuckRemedies = Partial<Record<EntityType, StuckRemedy>>;

/** The remedies by the kind of entity. One without any is left to whoever has access to the servers. */
export function createStuckRemedies({
  database,
  workflows,
}: {
  database: Database;
  workflows: RunningWorkflows;
}): StuckRemedies {
  const { models } = database;

  const find = async <E extends Entity>({ item, session }: RemedyInput): Promise<E> => {
    const entity = await entityModel(models, item.entityType)
      .findOne({ _id: item.entityId, tenantId: item.tenantId })
      .session(session)
      .lean();
    if (!entity) throw new DomainError('NOT_FOUND', 'The entity of this item no longer exists');
    return entity as unknown as E;
  };
  const about = ({ item: { tenantId, entityType, entityId }, by, at }: RemedyInput) => ({
    tenantId,
    entityType,
    entityId,
    by,
    at,
  });
  const processOf = ({ _id: paymentId, tenantId, correlationId }: Payment): WorkflowStart => ({
    workflowType: PROCESS_PAYMENT,
    workflowId: processPaymentId(paymentId),
    taskQueue: taskQueues.payments,
    restart: true,
    input: { tenantId, paymentId, correlationId },
  });

  const onboarding: StuckRemedy = {
    openStates: openOnboardingStates,
    async restart(input) {
      const { _id: onboardingId, tenantId, requiresApproval, correlationId } = await find<Onboarding>(input);
      await applyStep(
        database,
        {
          ...about(input),
          step: `restart/${input.item._id}`,
          from: openOnboardingStates,
          set: { chain: null },
          event: { type: 'onboarding.restarted' },
          starts: [
            {
              workflowType: USER_ONBOARDING,
              workflowId: userOnboardingId(onboardingId),
              taskQueue: taskQueues.users,
              restart: true,
              input: { tenantId, onboardingId, requiresApproval, correlationId },
            },
          ],
        },
        input.session,
      );
    },

    /** Entitlement, user and address are given back at once: nothing of it is abroad. */
    async close({ reason, ...input }) {
      await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
      const { _id: onboardingId, tenantId, userId } = await find<Onboarding>(input);
      const now = new Date(input.at);
      await applyStep(
        database,
        {
          ...about(input),
          step: `close/${input.item._id}`,
          from: openOnboardingStates,
          to: 'cancelled',
          set: { since: now, until: null, undoing: { towards: 'cancelled', reason } },
          event: { type: 'onboarding.closed', data: { reason } },
          alongside: async (session) => {
            await models.entitlements.updateOne(
              { tenantId, onboardingId, state: 'active' },
              { $set: { state: 'revoked', updatedAt: now }, $inc: { version: 1 } },
              { session },
            );
            await models.users.updateOne(
              { _id: userId, tenantId, state: { $in: [...userTransitions.cancelled] } },
              {
                $set: { state: 'cancelled' },
                $max: { updatedAt: now },
                $unset: { holdsEmail: 1 },
                $inc: { version: 1 },
              },
              { session },
            );
          },
        },
        input.session,
      );
    },
    giveUp: () => Promise.resolve(null),
  };

  const openPaymentStates = paymentStates.filter((state) => !settledPaymentStates.includes(state));
  const payment: StuckRemedy = {
    openStates: openPaymentStates,
    async restart(input) {
      const starts = [processOf(await find<Payment>(input))];
      await applyStep(
        database,
        {
          ...about(input),
          step: `restart/${input.item._id}`,
          from: openPaymentStates,
          set: { chain: null },
          event: { type: 'payment.restarted' },
          starts,
        },
        input.session,
      );
    },

    /** Only the gateway can say that nothing is held, so a new run sees to it and ends the payment then. */
    async close({ reason, ...input }) {
      const found = await find<Payment>(input);
      const undoing: PaymentUndoing = found.undoing ?? { towards: 'cancelled', reason: 'closed_by_operator' };
      await applyStep(
        database,
        {
          ...about(input),
          step: `close/${input.item._id}`,
          from: openPaymentStates,
          set: { chain: null, undoing },
          event: { type: 'payment.closed', data: { reason } },
          starts: [processOf(found)],
        },
        input.session,
      );
    },
    async giveUp(input) {
      const { item, by, at, session } = input;
      const found = await find<Payment>(input);
      if (!isReleased(found)) return { name: cancelPaymentSignal.name, args: [{ commandId: `close/${item._id}`, by }] };
      // No process of a subscription's payment waits: the next one finds what is to be done.
      if (found.undoing === null)
        await undoReleased(
          { database },
          { payment: found, step: `close/${item._id}`, reason: 'closed_by_operator', by, at },
          session,
        );
      return null;
    },
  };

  const refund: StuckRemedy = {
    openStates: ['pending'],
    async restart(input) {
      const { _id: refundId, tenantId, correlationId } = await find(input);
      const start: WorkflowStart = {
        workflowType: REFUND_PAYMENT,
        workflowId: refundPaymentId(refundId),
        taskQueue: taskQueues.payments,
        restart: true,
        input: { tenantId, refundId, correlationId },
      };
      await applyStep(
        database,
        {
          ...about(input),
          step: `restart/${input.item._id}`,
          from: refund.openStates,
          set: { chain: null },
          event: { type: 'refund.restarted' },
          starts: [start],
        },
        input.session,
      );
    },
    close: () =>
      Promise.reject(
        new DomainError('ILLEGAL_STATE', 'A refund that was accepted is owed and cannot be given up; restart it'),
      ),
    giveUp: () => Promise.resolve(null),
  };

  const subscriptionProcessOf = ({ _id: subscriptionId, tenantId, correlationId }: Subscription): WorkflowStart => ({
    workflowType: SUBSCRIPTION,
    workflowId: subscriptionWorkflowId(subscriptionId),
    taskQueue: taskQueues.subscriptions,
    restart: true,
    input: { tenantId, subscriptionId, correlationId },
  });
  /** What is left of the payments of an open invoice: of which somebody captured only a part at the gateway. */
  const findPaid = async ({ tenantId, attempts }: Invoice, session: ClientSession) => {
    const paymentIds = attempts.filter(({ state }) => state === 'paid').map(({ paymentId }) => paymentId);
    const payments = await models.payments
      .find({ _id: { $in: paymentIds }, tenantId })
      .session(session)
      .lean();
    return refundsOfAllLeft(payments);
  };
  /**
   * A payment under way whose process is gone like its subscription's is let go of: until then no later run could own
   * it.
   */
  const releasePaymentOf = async (
    { charge, tenantId }: Subscription,
    { item, by, at, session }: RemedyInput,
  ): Promise<void> => {
    if (!charge?.invoiceId) return;
    const invoice = await models.invoices.findOne({ _id: charge.invoiceId, tenantId }).session(session).lean();
    const paymentId = invoice?.attempts.find(({ attempt }) => attempt === charge.attempt)?.paymentId;
    const found =
      paymentId &&
      (await models.payments
        .findOne({ _id: paymentId, tenantId, state: { $in: openPaymentStates }, chain: { $ne: null } })
        .session(session)
        .lean());
    if (!found || (await workflows.isRunning(processPaymentId(found._id)))) return;
    const step = `released/${item._id}`;
    await applyStep(
      database,
      {
        tenantId,
        entityType: 'payment',
        entityId: found._id,
        step,
        at,
        by,
        from: openPaymentStates,
        set: { chain: null },
        event: { type: 'payment.released' },
      },
      session,
    );
  };
  const openSubscriptionStates = subscriptionStates.filter((state) => !endedSubscriptionStates.includes(state));
  const subscription: StuckRemedy = {
    openStates: openSubscriptionStates,
    async restart(input) {
      const found = await find<Subscription>(input);
      // A cancelled one has something left to do only while a payment is under way.
      const from = found.charge ? subscriptionStates : openSubscriptionStates;
      await releasePaymentOf(found, input);
      await applyStep(
        database,
        {
          ...about(input),
          step: `restart/${input.item._id}`,
          from,
          set: { chain: null },
          event: { type: 'subscription.restarted' },
          starts: [subscriptionProcessOf(found)],
        },
        input.session,
      );
    },

    /**
     * Cancelled at once, the open invoice taken back with the credit that it had used up and what was paid of it. A
     * payment under way is withdrawn, or given back, by a new run.
     */
    async close({ reason, ...input }) {
      await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
      const found = await find<Subscription>(input);
      const {
        tenantId,
        charge,
        userId,
        item: { plan },
      } = found;
      const [step, now] = [`close/${input.item._id}`, new Date(input.at)];
      const isPending = charge?.status === 'pending';
      await releasePaymentOf(found, input);
      const taken = charge?.invoiceId
        ? await models.invoices
            .findOne({ _id: charge.invoiceId, tenantId, state: 'open' })
            .session(input.session)
            .lean()
        : null;
      const creditBalance = taken
        ? creditAfterVoid({ creditBalance: found.creditBalance, draft: taken })
        : found.creditBalance;
      const refunds = taken ? await findPaid(taken, input.session) : [];
      const refundMinor = refunds.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
      const mail = {
        template: 'subscriptionCancelled',
        key: `${found._id}/${step}`,
        to: null,
        data: { planName: plan.name, amountMinor: refundMinor, currency: plan.amount.currency, until: input.at },
      } as const;
      await applyStep(
        database,
        {
          ...about(input),
          step,
          from: openSubscriptionStates,
          to: 'cancelled',
          set: {
            since: now,
            chain: null,
            waiting: null,
            resumeAt: null,
            reason: 'closed_by_operator',
            creditBalance,
            charge: isPending ? charge : null,
          },
          event: { type: 'subscription.closed', data: { reason, refundMinor } },
          mails: userId === null ? [] : [mail],
          starts: isPending ? [subscriptionProcessOf(found)] : [],
          alongside: async (session) => {
            await withdrawPendingPayment({ database, session, subscription: found, reason: 'subscription_cancelled' });
            if (!taken) return;
            await models.invoices.updateOne(
              { _id: taken._id, tenantId, state: 'open' },
              { $set: { state: 'void', updatedAt: now }, $inc: { version: 1 } },
              { session },
            );
            for (const paid of refunds)
              await acceptRefund({
                database,
                session,
                tenantId,
                ...paid,
                correlationId: found.correlationId,
                by: input.by,
                at: input.at,
              });
          },
        },
        input.session,
      );
    },
    giveUp: () => Promise.resolve(null),
  };

  return { onboarding, payment, refund, subscription };
}
