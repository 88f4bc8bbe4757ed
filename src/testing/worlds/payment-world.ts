import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
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
import type { Money } from '../../domain/money';
import type { PaymentState } from '../../domain/payments/payment';
import { acceptPayment, type AcceptPaymentInput } from '../../services/payments/accept-payment';
import { acceptRefund } from '../../services/payments/accept-refund';
import { createPaymentCommands, type SendPaymentCommandInput } from '../../temporal/commands/payments/payment-commands';
import { advanceWorkflow } from '../../temporal/time-skipping/time-skipping';
import { untilAnswered } from '../platform/until-answered';
import { waitFor } from '../wait-for';
import { openBaseWorld, PATIENT_STALL_MS, tester, type BaseWorldInput } from './base-world';

export { tester as testActor } from './base-world';
/** The parent of a payment whose process the test starts itself, any number of times. */
export const testParent: PaymentParent = { workflowId: 'parent/test', signal: 'paymentReported' };

export interface PaymentWorldInput extends Pick<BaseWorldInput, 'wrap' | 'wrapGateway' | 'activitySlots'> {
  /** False to find every outcome by look-ups. Defaults to true. */
  webhooks?: boolean;
  /** Of calls that get no response. Short by default, so that a test can wait for the timeout. */
  gatewayTimeoutMs?: number;
  /**
   * True for a worker without a cache, which makes every decision from the history, as after a failover.
   */
  forgetful?: boolean;
}

const notifyProcess = (client: Client, entityId: string): Promise<void> =>
  client.workflow
    .getHandle(entityId.startsWith('rfd_') ? refundPaymentId(entityId) : processPaymentId(entityId))
    .signal(gatewayReported);

/** Opens payments that run as in production, with clocks that the test advances. */
export async function openPaymentWorld({
  wrap,
  wrapGateway,
  webhooks = true,
  gatewayTimeoutMs = 1500,
  forgetful = false,
  activitySlots,
}: PaymentWorldInput = {}) {
  const world = await openBaseWorld({
    taskQueues: [taskQueues.payments],
    wrap,
    wrapGateway,
    activitySlots,
    bank: { timeoutMs: gatewayTimeoutMs, onReport: webhooks ? notifyProcess : undefined },
    worker: forgetful ? { maxCachedWorkflows: 0 } : {},
  });
  const { database, client, tenantId, starter, clock } = world;
  const { models } = database;
  const bank = world.bank!;
  const send = createPaymentCommands({ client, database, starter });
  const now = async () => (await clock.now(tenantId)).toISOString();

  return {
    ...world,
    bank,
    chaos: bank.chaos,
    /** Accepts a payment without starting its process. */
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
          by: tester,
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
    /** Charges a payment, loses the answer and stops the gateway: `unknown` until `chaos({ down: false })`. */
    async payAndLoseTheAnswer(): Promise<string> {
      const paymentId = await this.pay({ paymentMethod: 'pm_timeout_after_charge' });
      await waitFor(async () => (await this.bankItems(paymentId)).length > 0, { what: 'the charge' });
      await bank.chaos({ down: true });
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
        acceptRefund({ database, session, tenantId, paymentId, amount, correlationId: 'test', by: tester, at }),
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
      if (payload) await world.keepPayload(commandId, paymentId, payload);
      const at = await now();
      return untilAnswered(() => send({ tenantId, paymentId, command, commandId, by: tester, at, ...more }), {
        attempts,
      });
    },
    read: (paymentId: string) => models.payments.findById(paymentId).lean().orFail(),
    readRefund: (refundId: string) => models.refunds.findById(refundId).lean().orFail(),
    effects: async (entityId: string) =>
      Object.fromEntries(
        (await models.compensations.find({ entityId }).lean()).map(({ effect, state }) => [effect, state]),
      ),
    postings: (paymentId: string) => models.ledgerPostings.find({ paymentId }).sort({ _id: 1 }).lean(),
    /** Waits until the process waits: then it has told the partner, and has nothing more to record by itself. */
    untilWaiting: (paymentId: string) =>
      waitFor(async () => (await world.timeline(paymentId)).at(-1) === 'notified', {
        what: `${paymentId} to wait, and its partner to be notified`,
      }),
    until: (paymentId: string, state: PaymentState) =>
      waitFor(async () => (await models.payments.findById(paymentId).lean())?.state === state, {
        what: `${paymentId} to be ${state}`,
      }),
    advance: (paymentId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: processPaymentId(paymentId), byMs, timeoutMs: PATIENT_STALL_MS }),
    advanceRefund: (refundId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: refundPaymentId(refundId), byMs, timeoutMs: PATIENT_STALL_MS }),
    /** Starts the process of a renewal's payment as the subscription does. Returns the result. */
    async runRenewal(paymentId: string): Promise<ProcessPaymentResult> {
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
    /** Reads the gateway's own books of a payment and its refunds. */
    async bankItems(paymentId: string) {
      const refunds = await models.refunds.find({ paymentId }).lean();
      const ids = [paymentId, ...refunds.map(({ _id }) => _id)];
      return (await bank.ledger(tenantId)).filter(({ idempotencyKey }) => ids.includes(idempotencyKey.split(':')[0]!));
    },
    /** Captures at the gateway itself, without the platform: as a person does in the dashboard, or under this key. */
    async captureAtTheGateway(paymentId: string, amountMinor: number, key = `${paymentId}:dashboard`): Promise<void> {
      const { authorisationId, amount } = await this.read(paymentId);
      await bank.call({
        tenantId,
        path: `/v1/authorisations/${authorisationId}/capture`,
        idempotencyKey: key,
        body: { amount: { amountMinor, currency: amount.currency }, at: await now() },
      });
    },
    /** Sends the customer's decision on the gateway's page. */
    async act(paymentId: string, decision: 'approve' | 'decline'): Promise<void> {
      const { actionUrl } = await this.read(paymentId);
      await fetch(actionUrl!, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });
    },
  };
}

export type PaymentWorld = Awaited<ReturnType<typeof openPaymentWorld>>;
