import { CancellationScope, startChild } from '@temporalio/workflow';
import { PROCESS_PAYMENT, processPaymentId, type ProcessPaymentResult } from '../../src/contracts/payments/payment';
import { chargeStep } from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionPaymentInput,
  SubscriptionPaymentResult,
} from '../../src/contracts/subscriptions/subscription';
import type { ChargeStepInput } from '../../src/contracts/subscriptions/subscription-activities';
import { taskQueues, workflowTaskTimeout } from '../../src/contracts/task-queues';
import type { processPayment } from '../payments/process-payment';
import { stepOf } from '../process-run';
import { createInvoice, getSubscriptionDetails, updateSubscription } from './activities';
import { runsElsewhere } from './runs-elsewhere';

/**
 * One attempt to charge a period of a subscription, or a change of its plan: creates the period's invoice, runs the
 * payment and records its result.
 *
 * Never waits on business time: a payment without a final result is queried later by the same attempt, which finds the
 * payment and continues it under the same gateway keys. A cancel voids the payment and records the result.
 */
export async function subscriptionPayment(input: SubscriptionPaymentInput): Promise<SubscriptionPaymentResult> {
  const cancelled = CancellationScope.current();
  return CancellationScope.nonCancellable(() => charge(input, cancelled));
}

async function charge(
  input: SubscriptionPaymentInput,
  cancelled: CancellationScope,
): Promise<SubscriptionPaymentResult> {
  const { correlationId: _ofWorkflows, chain, ...charge } = input;
  const step = (part: Parameters<typeof chargeStep>[0]): ChargeStepInput =>
    stepOf(charge, chargeStep(part, charge), chain);

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

/** Returns the payment's result; `unknown` while an earlier process of the payment still runs. */
async function pay(input: PayInput): Promise<Pick<ProcessPaymentResult, 'state' | 'reason'>> {
  try {
    return await runPayment(input);
  } catch (error) {
    if (runsElsewhere(error)) return { state: 'unknown', reason: null };
    throw error;
  }
}

async function runPayment({ input, paymentId, withdraw, cancelled }: PayInput): Promise<ProcessPaymentResult> {
  const { tenantId, correlationId } = input;
  const scope = new CancellationScope();
  const child = await scope.run(() =>
    startChild<typeof processPayment>(PROCESS_PAYMENT, {
      workflowId: processPaymentId(paymentId),
      taskQueue: taskQueues.payments,
      workflowTaskTimeout,
      args: [{ tenantId, paymentId, correlationId, renewal: true }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      // The payment must end properly, whatever happens to this workflow.
      parentClosePolicy: 'ABANDON',
      memo: { correlationId },
    }),
  );
  // Not earlier: a child that is cancelled before its start never runs, and the payment would stay open.
  if (withdraw || cancelled.consideredCancelled) scope.cancel();
  else cancelled.cancelRequested.catch(() => scope.cancel());
  return child.result();
}
