import { randomUUID } from 'node:crypto';
import type { SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { processPaymentId } from '../../contracts/payments/payment';
import {
  subscriptionId as workflowIdOf,
  type SubscriptionCommandTerms,
  type SubscriptionUpdate,
} from '../../contracts/subscriptions/subscription';
import { taskQueues } from '../../contracts/task-queues';
import { newId } from '../../domain/ids';
import type { PlanTerms } from '../../domain/subscriptions/plan';
import type { SubscriptionState } from '../../domain/subscriptions/subscription';
import { acceptPlan } from '../../services/subscriptions/accept-plan';
import { acceptSubscription, type AcceptSubscriptionInput } from '../../services/subscriptions/accept-subscription';
import {
  createSubscriptionCommands,
  type SendSubscriptionCommandInput,
} from '../../temporal/commands/subscriptions/subscription-commands';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { openBaseWorld, PATIENT_STALL_MS, tester, type BaseWorldInput } from './base-world';
import { fastForwardWorkflow } from './fast-forward-workflow';

export { tester } from './base-world';

const DAY_MS = 86_400_000;
const GATEWAY_TIMEOUT_MS = 2000;

export type SubscriptionWorldInput = Pick<
  BaseWorldInput,
  'wrap' | 'wrapGateway' | 'workflowsPath' | 'partner' | 'worker' | 'mode'
> & {
  /** Queues in addition to those of subscriptions and payments. */
  taskQueues?: BaseWorldInput['taskQueues'];
};

/** Opens subscriptions and payments that run as in production, with clocks that the test advances. */
export async function openSubscriptionWorld({ taskQueues: more = [], ...input }: SubscriptionWorldInput = {}) {
  const world = await openBaseWorld({
    worker: { maxCachedWorkflows: 400 },
    ...input,
    taskQueues: [taskQueues.subscriptions, taskQueues.payments, ...more],
    bank: { timeoutMs: GATEWAY_TIMEOUT_MS },
  });
  const { database, client, tenantId, starter } = world;
  const { models } = database;
  const bank = world.bank!;
  const send = createSubscriptionCommands({ client, database, starter });
  const now = () => new Date().toISOString();

  return {
    ...world,
    bank,
    send,
    chaos: bank.chaos,
    async plan(terms: Partial<PlanTerms> = {}): Promise<string> {
      const plan = {
        name: 'Monthly',
        amount: { amountMinor: 1000, currency: 'EUR' },
        interval: 'month',
        intervalCount: 1,
        ...terms,
      } as const;
      const { _id } = await database.inTransaction((session) =>
        acceptPlan({ database, session, tenantId, terms: plan, correlationId: 'test', at: now() }),
      );
      return _id;
    },
    async user(): Promise<string> {
      const _id = newId('user');
      const email = `${_id}@example.com`;
      await models.users.create({
        _id,
        tenantId,
        state: 'active',
        version: 1,
        chain: null,
        correlationId: 'test',
        createdAt: new Date(),
        updatedAt: new Date(),
        onboardingId: newId('onboarding'),
        email,
        emailKey: email,
        name: 'Ada',
        locale: 'en',
        timeZone: 'UTC',
        profile: null,
        metadata: {},
      });
      return _id;
    },
    async subscribe(input: Partial<AcceptSubscriptionInput> & { planId: string }): Promise<string> {
      const customerId = input.userId ? null : `c-${randomUUID()}`;
      const { subscription, row } = await database.inTransaction((session) =>
        acceptSubscription({
          database,
          session,
          tenantId,
          customerId,
          paymentMethod: 'pm_ok',
          correlationId: 'test',
          by: tester,
          at: now(),
          ...input,
        }),
      );
      await starter.start(row);
      return subscription._id;
    },
    /** Sends a command as the api does. */
    async command<Command extends SubscriptionUpdate>(
      subscriptionId: string,
      command: Command,
      terms: SubscriptionCommandTerms[Command],
      {
        commandId = randomUUID(),
        paymentMethod,
        attempts,
      }: { commandId?: string; paymentMethod?: string; attempts?: number } = {},
    ) {
      if (paymentMethod) await world.keepPayload(commandId, subscriptionId, { paymentMethod });
      return untilAnswered(
        () => send({ tenantId, subscriptionId, command, terms, commandId, by: tester } as SendSubscriptionCommandInput),
        { attempts },
      );
    },
    payWith(subscriptionId: string, paymentMethod: string, { attempts }: { attempts?: number } = {}) {
      return this.command(subscriptionId, 'updatePaymentMethod', {}, { paymentMethod, attempts });
    },
    read: (subscriptionId: string) => models.subscriptions.findById(subscriptionId).lean().orFail(),
    invoices: (subscriptionId: string) =>
      models.invoices.find({ subscriptionId }).sort({ createdAt: 1, _id: 1 }).lean(),
    async payments(subscriptionId: string) {
      const ids = (await this.invoices(subscriptionId)).flatMap(({ attempts }) =>
        attempts.map(({ paymentId }) => paymentId),
      );
      const found = await models.payments.find({ _id: { $in: ids } }).lean();
      return ids.map((id) => found.find(({ _id }) => _id === id)!);
    },
    until: (subscriptionId: string, state: SubscriptionState) =>
      waitFor(async () => (await models.subscriptions.findById(subscriptionId).lean())?.state === state, {
        what: `${subscriptionId} to be ${state}`,
      }),
    /** Waits until the open invoice is paid or its charge has failed, and no change of plan is pending. */
    untilSettled: (subscriptionId: string, timeoutMs?: number) =>
      waitFor(
        async () => {
          const { charge, pendingChange, state } = await models.subscriptions.findById(subscriptionId).lean().orFail();
          return state !== 'accepted' && !pendingChange && (charge === null || charge.status === 'failed');
        },
        { what: `${subscriptionId} to have no charge under way`, timeoutMs },
      ),
    /** Advances in hops as a sandbox's clock does, so that each step happens at its time. */
    async advance(subscriptionId: string, byMs: number, hopMs = 10 * DAY_MS): Promise<void> {
      for (let left = byMs; left > 0; left -= hopMs)
        await advanceWorkflow({
          client,
          workflowId: workflowIdOf(subscriptionId),
          byMs: Math.min(left, hopMs),
          timeoutMs: PATIENT_STALL_MS,
        });
    },
    /**
     * Advances far in one step and with the least load: the server skips from timer to timer. Only for workflows in
     * which no activity fails.
     */
    fastForward: (subscriptionId: string, byMs: number) =>
      fastForwardWorkflow({ client, workflowId: workflowIdOf(subscriptionId), byMs }),
    /** Advances to an instant. */
    async advanceTo(subscriptionId: string, at: Date): Promise<void> {
      const description = await client.workflow.getHandle(workflowIdOf(subscriptionId)).describe();
      const standing = description.raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
      const nowMs = standing ? Number(standing.seconds) * 1000 + (standing.nanos ?? 0) / 1e6 : Date.now();
      await this.advance(subscriptionId, at.getTime() - nowMs);
    },
    handle: (subscriptionId: string) => client.workflow.getHandle(workflowIdOf(subscriptionId)),
    paymentHandle: (paymentId: string) => client.workflow.getHandle(processPaymentId(paymentId)),
    /** Returns the captured and refunded amounts in the gateway's own books, in minor units. */
    async bankBalance(subscriptionId: string): Promise<{ captured: number; refunded: number; authorisations: number }> {
      const paymentIds = new Set((await this.payments(subscriptionId)).map(({ _id }) => _id));
      const refundIds = new Set(
        (await models.refunds.find({ paymentId: { $in: [...paymentIds] } }).lean()).map(({ _id }) => _id),
      );
      const ours = (await bank.ledger(tenantId)).filter(
        ({ idempotencyKey }) =>
          paymentIds.has(idempotencyKey.split(':')[0]!) || refundIds.has(idempotencyKey.split(':')[0]!),
      );
      const sum = (outcome: SandboxLedgerItem['outcome']) =>
        ours.filter((item) => item.outcome === outcome).reduce((total, { amount }) => total + amount.amountMinor, 0);
      return {
        captured: sum('captured'),
        refunded: sum('refunded'),
        authorisations: ours.filter(({ outcome }) => outcome === 'authorised').length,
      };
    },
  };
}

export type SubscriptionWorld = Awaited<ReturnType<typeof openSubscriptionWorld>>;
