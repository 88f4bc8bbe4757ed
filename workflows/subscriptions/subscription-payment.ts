import { CancellationScope, startChild } from '@temporalio/workflow';
import { PROCESS_PAYMENT, processPaymentId, type ProcessPaymentResult } from '../../src/contracts/payments/payment';
import { chargeStep } from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionPaymentInput,
  SubscriptionPaymentResult,
} from '../../src/contracts/subscriptions/subscription';
import type { ChargeStepInput } from '../../src/contracts/subscriptions/subscription-activities';
import { taskQueues } from '../../src/contracts/task-queues';
import type { processPayment } from '../payments/process-payment';
import { createInvoice, getSubscriptionDetails, updateSubscription } from './activities';
import { runsElsewhere } from './runs-elsewhere';

/**
 * One attempt to charge one period of a subscription: invoice, payment, and what came of it.
 *
 * It never waits on business time: a payment without a final answer is left, and asked about again by the same attempt
 * later, which finds its payment and goes on with it under the same gateway keys. Cancelled, it withdraws the payment
 * and records what became of it.
 */
export async function subscriptionPayment(input: SubscriptionPaymentInput): Promise<SubscriptionPaymentResult> {
  const cancelled = CancellationScope.current();
  return CancellationScope.nonCancellable(() => charge(input, cancelled));
}

async function charge(
  input: SubscriptionPaymentInput,
  cancelled: CancellationScope,
): Promise<SubscriptionPaymentResult> {
  const { periodStart, attempt } = input;
  const step = (part: Parameters<typeof chargeStep>[0]): ChargeStepInput => ({
    tenantId: input.tenantId,
    subscriptionId: input.subscriptionId,
    chain: input.chain,
    periodStart,
    attempt,
    step: chargeStep(part, input),
    at: new Date().toISOString(),
  });

  const { paymentId: earlier, withdraw } = await getSubscriptionDetails(step('details'));
  const paymentId = earlier ?? (await createInvoice(step('invoice'))).paymentId;
  const payment = paymentId === null ? null : await pay({ input, paymentId, withdraw, cancelled });
  const { progress } = await updateSubscription({
    ...step('charge'),
    payment: payment && { state: payment.state, reason: payment.reason },
  });
  return { progress };
}

interface PayInput {
  input: SubscriptionPaymentInput;
  paymentId: string;
  withdraw: boolean;
  cancelled: CancellationScope;
}

/**
 * The answer of the payment's process. Where one that was asked before still runs it is not known yet, and asked for
 * again later.
 */
async function pay(input: PayInput): Promise<Pick<ProcessPaymentResult, 'state' | 'reason'>> {
  try {
    return await ask(input);
  } catch (error) {
    if (runsElsewhere(error)) return { state: 'unknown', reason: null };
    throw error;
  }
}

async function ask({
  input: { tenantId, correlationId },
  paymentId,
  withdraw,
  cancelled,
}: PayInput): Promise<ProcessPaymentResult> {
  const asking = new CancellationScope();
  const child = await asking.run(() =>
    startChild<typeof processPayment>(PROCESS_PAYMENT, {
      workflowId: processPaymentId(paymentId),
      taskQueue: taskQueues.payments,
      args: [{ tenantId, paymentId, correlationId, renewal: true }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      // The payment ends as it must, whatever becomes of this workflow.
      parentClosePolicy: 'ABANDON',
      memo: { correlationId },
    }),
  );
  // Not before it has started: a child that is cancelled sooner never runs, and its payment would be left lying.
  if (withdraw || cancelled.consideredCancelled) asking.cancel();
  else cancelled.cancelRequested.catch(() => asking.cancel());
  return child.result();
}
