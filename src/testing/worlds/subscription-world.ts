import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { createActivities, type Activities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import { createSandboxGateway } from '../../clients/gateways/sandbox-gateway';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { processPaymentId } from '../../contracts/payments/payment';
import {
  subscriptionId as workflowIdOf,
  type SubscriptionCommandTerms,
  type SubscriptionUpdate,
} from '../../contracts/subscriptions/subscription';
import { taskQueues } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import type { PlanTerms } from '../../domain/subscriptions/plan';
import type { SubscriptionState } from '../../domain/subscriptions/subscription';
import { tenantIdOf } from '../../domain/tenant';
import { acceptPlan } from '../../services/subscriptions/accept-plan';
import { acceptSubscription, type AcceptSubscriptionInput } from '../../services/subscriptions/accept-subscription';
import type { Partner } from '../../models/partners/partner';
import { startSandboxGateway } from '../../simulator/start-sandbox-gateway';
import {
  createSubscriptionCommands,
  type SendSubscriptionCommandInput,
} from '../../temporal/commands/subscriptions/subscription-commands';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { createWorkflowStarter } from '../../temporal/workflow-starter';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;
const ADMIN = 'admin';
const DAY_MS = 86_400_000;
export const tester: Actor = { kind: 'api_key', id: 'key_test' };

export interface SubscriptionWorldInput {
  wrap?: (activities: Activities) => Activities;
  wrapGateway?: (gateway: PaymentGateway) => PaymentGateway;
  /** Exports the workflows to run; the product's without it. */
  workflowsPath?: string;
  partner?: Partial<Partner>;
}

/**
 * Real MongoDB, real Temporal, the simulated gateway over HTTP: subscriptions that run as in production, with their
 * clocks in the test's hand.
 */
export async function openSubscriptionWorld({
  wrap = (it) => it,
  wrapGateway = (it) => it,
  workflowsPath,
  partner = {},
}: SubscriptionWorldInput = {}) {
  const { database, drop } = await openTestDatabase();
  const { models } = database;
  const temporal = await openTestNamespace();
  const { client, namespace } = temporal;
  const starter = createWorkflowStarter({ client, database, logger: quiet, onStarted: () => undefined });
  const send = createSubscriptionCommands({ client, database, starter });
  const dataDir = mkdtempSync(join(tmpdir(), 'subscription-world-'));
  const bank = await startSandboxGateway({
    port: 0,
    dataDir,
    webhookSecret: `whsec_${Buffer.from('the secret of the subscription world').toString('base64')}`,
    adminToken: ADMIN,
  });
  const gateway = wrapGateway(createSandboxGateway({ url: bank.url, timeoutMs: 2000 }));
  const activities = wrap(
    createActivities({
      database,
      operatorEmail: 'operator@platform.example',
      sandboxClock: undefined as never,
      gatewayFor: () => gateway,
    }),
  );
  const bundle = workflowsPath ? await bundleWorkflowCode({ workflowsPath, logger: quiet }) : workflowBundle;
  const workers = await Promise.all(
    [taskQueues.subscriptions, taskQueues.payments].map((taskQueue) =>
      Worker.create({
        connection: temporal.connection,
        namespace,
        taskQueue,
        workflowBundle: bundle,
        activities,
        interceptors: { activity: [translateDomainError] },
        maxCachedWorkflows: 400,
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());

  const partnerId = newId('partner');
  const tenantId = tenantIdOf({ partnerId, mode: 'sandbox' });
  const now = () => new Date().toISOString();
  await models.partners.create({
    _id: partnerId,
    name: 'Test Partner',
    timeZone: 'UTC',
    locale: 'en',
    reviewers: [],
    metadata: {},
    version: 1,
    createdAt: new Date(),
    updatedAt: new Date(),
    ...partner,
  });

  return {
    database,
    client,
    tenantId,
    partnerId,
    starter,
    send,
    bank,
    activities,
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
    /** A command as the api sends it. */
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
      if (paymentMethod)
        await models.commandPayloads.create({
          _id: commandId,
          tenantId,
          entityId: subscriptionId,
          payload: { paymentMethod },
          createdAt: new Date(),
        });
      return untilAnswered(
        () => send({ tenantId, subscriptionId, command, terms, commandId, by: tester } as SendSubscriptionCommandInput),
        { attempts },
      );
    },
    payWith(subscriptionId: string, paymentMethod: string) {
      return this.command(subscriptionId, 'updatePaymentMethod', {}, { paymentMethod });
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
    events: (subscriptionId: string) => models.events.find({ entityId: subscriptionId }).sort({ version: 1 }).lean(),
    timeline: async (subscriptionId: string) =>
      (await models.events.find({ entityId: subscriptionId }).sort({ version: 1 }).lean()).map(({ type }) =>
        type.replace('subscription.', ''),
      ),
    mails: async (subscriptionId: string) =>
      (
        await models.outbox
          .find({ entityId: subscriptionId, mail: { $ne: null } })
          .sort({ _id: 1 })
          .lean()
      ).map(({ mail }) => mail!.template),
    until: (subscriptionId: string, state: SubscriptionState) =>
      waitFor(async () => (await models.subscriptions.findById(subscriptionId).lean())?.state === state, {
        what: `${subscriptionId} to be ${state}`,
      }),
    /** Until the open invoice has its answer. */
    untilSettled: (subscriptionId: string, timeoutMs?: number) =>
      waitFor(
        async () => {
          const { charge, state } = await models.subscriptions.findById(subscriptionId).lean().orFail();
          return state !== 'accepted' && (charge === null || charge.status === 'failed');
        },
        { what: `${subscriptionId} to have no charge under way`, timeoutMs },
      ),
    /** In hops, as a sandbox's clock does it: what happens on the way happens at its time. */
    async advance(subscriptionId: string, byMs: number, hopMs = 10 * DAY_MS): Promise<void> {
      for (let left = byMs; left > 0; left -= hopMs)
        await advanceWorkflow({
          client,
          workflowId: workflowIdOf(subscriptionId),
          byMs: Math.min(left, hopMs),
          timeoutMs: 30_000,
        });
    },
    /**
     * Far, in one go and with the least load: the server skips from timer to timer by itself. For lives in which no
     * activity fails.
     */
    async fastForward(subscriptionId: string, byMs: number): Promise<void> {
      const workflowExecution = { workflowId: workflowIdOf(subscriptionId) };
      const fastForwardId = randomUUID();
      const fastForwardConfig = { id: fastForwardId, duration: { seconds: Math.floor(byMs / 1000) as never } };
      const timeSkippingConfig = {
        enabled: true,
        disablePropagation: true,
        maxSessionSkipCount: 10_000,
        fastForwardConfig,
      };
      await client.workflowService.updateWorkflowExecutionOptions({
        namespace,
        workflowExecution,
        workflowExecutionOptions: { timeSkippingConfig },
        updateMask: { paths: ['time_skipping_config'] },
      });
      for (let isThere = false; !isThere;) {
        const poll = await client.workflowService.pollWorkflowExecutionTimeSkipping({
          namespace,
          workflowExecution,
          fastForwardId,
        });
        isThere = poll.fastForwardInfo?.hasCompleted === true || (poll.fastForwardPollingResult as number) >= 2;
      }
    },
    /** To an instant, ISO 8601. */
    async advanceTo(subscriptionId: string, at: Date): Promise<void> {
      const description = await client.workflow.getHandle(workflowIdOf(subscriptionId)).describe();
      const standing = description.raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime;
      const nowMs = standing ? Number(standing.seconds) * 1000 + (standing.nanos ?? 0) / 1e6 : Date.now();
      await this.advance(subscriptionId, at.getTime() - nowMs);
    },
    handle: (subscriptionId: string) => client.workflow.getHandle(workflowIdOf(subscriptionId)),
    paymentHandle: (paymentId: string) => client.workflow.getHandle(processPaymentId(paymentId)),
    /** Every start that waits in the outbox, as the relay sends it. */
    async relay(): Promise<void> {
      for (const row of await models.outbox.find({ tenantId, open: true, pending: 'temporal' }).lean())
        await starter.start(row);
    },
    /** What the gateway took and gave back, in minor units, by its own books. */
    async bankBalance(subscriptionId: string): Promise<{ captured: number; refunded: number; authorisations: number }> {
      const paymentIds = new Set((await this.payments(subscriptionId)).map(({ _id }) => _id));
      const refundIds = new Set(
        (await models.refunds.find({ paymentId: { $in: [...paymentIds] } }).lean()).map(({ _id }) => _id),
      );
      const items: SandboxLedgerItem[] = [];
      for await (const item of readSandboxLedger({ url: bank.url, tenantId })) items.push(item);
      const ours = items.filter(
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
    async chaos(settings: Record<string, unknown>): Promise<void> {
      const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
      const response = await fetch(`${bank.url}/v1/admin/chaos`, {
        method: 'PUT',
        headers,
        body: JSON.stringify(settings),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await bank.close();
      await temporal.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type SubscriptionWorld = Awaited<ReturnType<typeof openSubscriptionWorld>>;
