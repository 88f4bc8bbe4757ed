import type { Client } from '@temporalio/client';
import { gatewayReported, processPaymentId, refundPaymentId } from '../../contracts/payments/payment';
import { paymentReported, subscriptionId as subscriptionWorkflowId } from '../../contracts/subscriptions/subscription';
import { settledPaymentStates } from '../../domain/payments/payment';
import type { Database } from '../../models/database';

export interface GatewayWaitInput {
  client: Client;
  database: Pick<Database, 'models'>;
  tenantId: string;
  workflowId: string;
}

/** What a process may wait for that no skipped time brings nearer. */
export interface OutsideWait {
  /** Whether it does now. */
  waits(): Promise<boolean>;
  /** Has it look at once instead of at its next turn. Never throws. */
  hasten(): Promise<void>;
}

const CALL_TIMEOUT_MS = 2000;

/**
 * A process's wait for the gateway to say what became of a call: of its own payment or refund, or of the one that its
 * subscription charges. Between two looks it waits on a timer, as for any deadline; skipping that one would let
 * deadlines pass because of an outage.
 */
export function gatewayWaitOf({ client, database: { models }, tenantId, workflowId }: GatewayWaitInput): OutsideWait {
  const entityId = workflowId.slice(workflowId.indexOf('/') + 1);
  const isSubscription = workflowId === subscriptionWorkflowId(entityId);

  const isOpenAtGateway = async (paymentId: string): Promise<boolean> => {
    const payment = await models.payments.findOne({ _id: paymentId, tenantId }, { state: 1, undoing: 1 }).lean();
    return (
      payment !== null &&
      !settledPaymentStates.includes(payment.state) &&
      (payment.state === 'unknown' || payment.undoing !== null)
    );
  };
  const chargesOpenPayment = async (): Promise<boolean> => {
    const { charge } =
      (await models.subscriptions
        .findOne({ _id: entityId, tenantId, 'charge.status': 'pending' }, { charge: 1 })
        .lean()) ?? {};
    const invoice = charge?.invoiceId
      ? await models.invoices.findOne({ _id: charge.invoiceId, tenantId }, { attempts: 1 }).lean()
      : null;
    const made = invoice?.attempts.find(({ attempt }) => attempt === charge?.attempt);
    return made !== undefined && isOpenAtGateway(made.paymentId);
  };

  return {
    async waits() {
      if (isSubscription) return chargesOpenPayment();
      if (workflowId === processPaymentId(entityId)) return isOpenAtGateway(entityId);
      return (
        workflowId === refundPaymentId(entityId) &&
        (await models.refunds.exists({ _id: entityId, tenantId, state: 'pending' })) !== null
      );
    },
    async hasten() {
      const signal = isSubscription ? paymentReported : gatewayReported;
      await client
        .withDeadline(Date.now() + CALL_TIMEOUT_MS, () => client.workflow.getHandle(workflowId).signal(signal))
        .catch(() => undefined);
    },
  };
}
