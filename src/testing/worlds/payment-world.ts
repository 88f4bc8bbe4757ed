import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createActivities, type Activities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import { createSandboxGateway } from '../../clients/gateways/sandbox-gateway';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { verifySandboxWebhook } from '../../clients/gateways/sandbox-webhook';
import {
  gatewayReported,
  PROCESS_PAYMENT,
  processPaymentId,
  refundPaymentId,
  type PaymentParent,
  type ProcessPaymentInput,
  type ProcessPaymentResult,
  type RunningPaymentCommand,
} from '../../contracts/payments/payment';
import { taskQueues } from '../../contracts/task-queues';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import type { Money } from '../../domain/money';
import type { PaymentState } from '../../domain/payments/payment';
import { tenantIdOf } from '../../domain/tenant';
import { acceptPayment, type AcceptPaymentInput } from '../../services/payments/accept-payment';
import { acceptRefund } from '../../services/payments/accept-refund';
import { findPlanItem } from '../../services/subscriptions/accept-subscription';
import { applyStep } from '../../services/apply-step';
import { insertDocuments } from '../../services/insert-documents';
import { createClock } from '../../services/clock';
import { startSandboxGateway } from '../../simulator/start-sandbox-gateway';
import { createPaymentCommands, type SendPaymentCommandInput } from '../../temporal/commands/payments/payment-commands';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { createWorkflowStarter } from '../../temporal/workflow-starter';
import { openTestDatabase } from '../servers/test-database';
import { openTestNamespace } from '../servers/test-namespace';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { workflowBundle } from '../servers/workflow-bundle';

const quiet = { info() {}, warn() {}, error() {}, debug() {}, fatal() {}, trace() {} } as never;
const SECRET = `whsec_${Buffer.from('payment-world-secret-0123').toString('base64')}`;
const ADMIN = 'admin';
/** The parent of a payment that a test starts itself, as often as it likes. */
export const testParent: PaymentParent = { workflowId: 'parent/test', signal: 'paymentReported' };
export const testActor: Actor = { kind: 'api_key', id: 'key_test' };

export interface PaymentWorldInput {
  /** Activities that fail or are watched. */
  wrap?: (activities: Activities) => Activities;
  /** A gateway that fails or is watched. */
  wrapGateway?: (gateway: PaymentGateway) => PaymentGateway;
  /** Without webhooks everything is found by looking it up. */
  webhooks?: boolean;
  /** Short enough by default for a test to wait it out. */
  gatewayTimeoutMs?: number;
  /**
   * Its worker remembers no workflow: every decision is made from the history, as by a worker that has just taken over.
   */
  forgetful?: boolean;
}

/**
 * Real MongoDB, real Temporal, the simulated gateway over HTTP: payments that run as in production, with their clocks
 * in the test's hand.
 */
export async function openPaymentWorld({
  wrap = (it) => it,
  wrapGateway = (it) => it,
  webhooks = true,
  gatewayTimeoutMs = 1500,
  forgetful = false,
}: PaymentWorldInput = {}) {
  const { database, uri: mongodbUri, drop } = await openTestDatabase();
  const temporal = await openTestNamespace();
  const { client, namespace } = temporal;
  const starter = createWorkflowStarter({ client, database, logger: quiet, onStarted: () => undefined });
  const send = createPaymentCommands({ client, database, starter });
  const { models } = database;
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });

  const inbox = await openWebhookInbox((entityId) =>
    client.workflow
      .getHandle(entityId.startsWith('rfd_') ? refundPaymentId(entityId) : processPaymentId(entityId))
      .signal(gatewayReported),
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'payment-world-'));
  const bank = await startSandboxGateway({
    port: 0,
    dataDir,
    webhookSecret: SECRET,
    adminToken: ADMIN,
    ...(webhooks ? { webhookUrl: inbox.url } : {}),
    webhookHabits: { doubledPercent: 30, latePercent: 20, lateMs: 300 },
  });
  const gateway = wrapGateway(createSandboxGateway({ url: bank.url, timeoutMs: gatewayTimeoutMs }));
  const worker = await Worker.create({
    connection: temporal.connection,
    namespace,
    taskQueue: taskQueues.payments,
    workflowBundle,
    activities: wrap(
      createActivities({
        database,
        applyStep,
        insertDocuments,
        operatorEmail: 'operator@platform.example',
        gatewayFor: () => gateway,
        sandboxClock: createSandboxClockMover({ client, database, starter }),
        acceptPayment,
        acceptRefund,
        findPlanItem,
      }),
    ),
    interceptors: { activity: [translateDomainError] },
    ...(forgetful ? { maxCachedWorkflows: 0 } : {}),
  });
  const running = worker.run();

  const clock = createClock({ database });
  const now = async () => (await clock.now(tenantId)).toISOString();
  const ledgerOf = async (...keys: string[]): Promise<SandboxLedgerItem[]> => {
    const items: SandboxLedgerItem[] = [];
    for await (const item of readSandboxLedger({ url: bank.url, tenantId }))
      if (keys.some((key) => item.idempotencyKey.startsWith(key))) items.push(item);
    return items;
  };

  return {
    database,
    mongodbUri,
    client,
    tenantId,
    starter,
    bank,
    clock,
    /** Accepts without starting. */
    async accept(input: Partial<AcceptPaymentInput> = {}) {
      const at = await now();
      return database.inTransaction((session) =>
        acceptPayment({
          database,
          session,
          tenantId,
          amount: { amountMinor: 5000, currency: 'EUR' },
          paymentMethod: 'pm_ok',
          correlationId: 'test',
          by: testActor,
          at,
          ...input,
        }),
      );
    },
    async pay(input: Partial<AcceptPaymentInput> = {}): Promise<string> {
      const { payment, row } = await this.accept(input);
      await starter.start(row!);
      return payment._id;
    },
    /** Charged, its answer lost, and the gateway away: `unknown` until `chaos({ down: false })`. */
    async payAndLoseTheAnswer(): Promise<string> {
      const paymentId = await this.pay({ paymentMethod: 'pm_timeout_after_charge' });
      await waitFor(async () => (await this.bankItems(paymentId)).length > 0, { what: 'the charge' });
      await this.chaos({ down: true });
      await this.until(paymentId, 'unknown');
      return paymentId;
    },
    async refund(paymentId: string, amount?: Money): Promise<string> {
      const { refund, row } = await this.acceptRefund(paymentId, amount);
      await starter.start(row);
      return refund._id;
    },
    async acceptRefund(paymentId: string, amount?: Money) {
      const at = await now();
      return database.inTransaction((session) =>
        acceptRefund({ database, session, tenantId, paymentId, amount, correlationId: 'test', by: testActor, at }),
      );
    },
    async command(
      paymentId: string,
      command: RunningPaymentCommand,
      {
        payload,
        attempts,
        ...more
      }: Partial<SendPaymentCommandInput> & { payload?: Record<string, unknown>; attempts?: number } = {},
    ) {
      const commandId = more.commandId ?? randomUUID();
      if (payload)
        await models.commandPayloads.create({
          _id: commandId,
          tenantId,
          entityId: paymentId,
          payload,
          createdAt: new Date(),
        });
      const at = await now();
      return untilAnswered(() => send({ tenantId, paymentId, command, commandId, by: testActor, at, ...more }), {
        attempts,
      });
    },
    read: (paymentId: string) => models.payments.findById(paymentId).lean().orFail(),
    readRefund: (refundId: string) => models.refunds.findById(refundId).lean().orFail(),
    timeline: async (entityId: string) =>
      (await models.events.find({ entityId }).sort({ version: 1 }).lean()).map(({ type }) =>
        type.replace(/^\w+\./, ''),
      ),
    effects: async (entityId: string) =>
      Object.fromEntries(
        (await models.compensations.find({ entityId }).lean()).map(({ effect, state }) => [effect, state]),
      ),
    postings: (paymentId: string) => models.ledgerPostings.find({ paymentId }).sort({ _id: 1 }).lean(),
    until: (paymentId: string, state: PaymentState) =>
      waitFor(async () => (await models.payments.findById(paymentId).lean())?.state === state, {
        what: `${paymentId} to be ${state}`,
      }),
    advance: (paymentId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: processPaymentId(paymentId), byMs, timeoutMs: 45_000 }),
    advanceRefund: (refundId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: refundPaymentId(refundId), byMs, timeoutMs: 45_000 }),
    /** Asks for a renewal's payment as its subscription does. */
    async ask(paymentId: string): Promise<ProcessPaymentResult> {
      return (await this.startRenewal(paymentId)).result();
    },
    startRenewal: (paymentId: string) =>
      client.workflow.start<(input: ProcessPaymentInput) => Promise<ProcessPaymentResult>>(PROCESS_PAYMENT, {
        workflowId: processPaymentId(paymentId),
        taskQueue: taskQueues.payments,
        args: [{ tenantId, paymentId, correlationId: 'test', renewal: true }],
      }),
    handle: (paymentId: string) => client.workflow.getHandle(processPaymentId(paymentId)),
    refundHandle: (refundId: string) => client.workflow.getHandle(refundPaymentId(refundId)),
    /** The gateway's own books of a payment and its refunds. */
    async bankItems(paymentId: string) {
      const refunds = await models.refunds.find({ paymentId }).lean();
      return ledgerOf(paymentId, ...refunds.map(({ _id }) => _id));
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
    /** Somebody captures at the gateway itself, past us. */
    async captureAtTheGateway(paymentId: string, amountMinor: number): Promise<void> {
      const {
        authorisationId,
        amount: { currency },
      } = await this.read(paymentId);
      const headers = {
        authorization: `Bearer ${tenantId}`,
        'idempotency-key': `${paymentId}:dashboard`,
        'content-type': 'application/json',
      };
      const response = await fetch(`${bank.url}/v1/authorisations/${authorisationId}/capture`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ amount: { amountMinor, currency }, at: await now() }),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    /** The customer's decision on the gateway's page. */
    async act(paymentId: string, decision: 'approve' | 'decline'): Promise<void> {
      const { actionUrl } = await this.read(paymentId);
      await fetch(actionUrl!, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });
    },
    async close() {
      worker.shutdown();
      await running;
      await bank.close();
      await inbox.close();
      await temporal.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type PaymentWorld = Awaited<ReturnType<typeof openPaymentWorld>>;

/** Stands in for the api's webhook inbox: checks the signature and tells the process to look. */
async function openWebhookInbox(
  tell: (entityId: string) => Promise<void>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { idempotencyKey } = verifySandboxWebhook({
          rawBody: Buffer.concat(chunks),
          headers: request.headers,
          secret: SECRET,
          nowMs: Date.now(),
        });
        // A process that has ended needs no news.
        tell(idempotencyKey.split(':')[0]!)
          .catch(() => undefined)
          .finally(() => response.writeHead(204).end());
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
