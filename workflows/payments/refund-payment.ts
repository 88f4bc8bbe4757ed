import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { gatewayReported, type RefundPaymentInput } from '../../src/contracts/payments/payment';
import { paymentTimes } from '../../src/domain/payments/payment';
import type { RefundState } from '../../src/domain/payments/refund';
import { alignClock } from '../align-clock';
import { stepOf } from '../process-run';
import { beginRefund, processRefundGateway, reportOverdueRefund, settleRefund } from './activities';
import { WakeUp } from './wake-up';

/**
 * Refunds a reserved amount. The workflow cannot be cancelled: it ends when the gateway confirms the refund or refuses
 * the refund for good. Without an answer the call is repeated under the same key, and a webhook brings the next call
 * forward; after 24 hours operators are notified.
 */
export async function refundPayment(input: RefundPaymentInput): Promise<RefundState> {
  const wakeUp = new WakeUp();
  setHandler(gatewayReported, () => wakeUp.trigger());
  return CancellationScope.nonCancellable(() => runRefund(input, wakeUp));
}

async function runRefund(input: RefundPaymentInput, wakeUp: WakeUp): Promise<RefundState> {
  const { tenantId, refundId } = input;
  const step = (name: string) => stepOf({ tenantId, refundId }, name);

  await alignClock(input);
  const { state, since } = await beginRefund(step('begin'));
  if (state !== 'pending') return state;

  const overdueAtMs = Date.parse(since) + paymentTimes.unknownMs;
  let reported = false;
  for (let round = 1; ; round++) {
    const { status, reason } = await processRefundGateway(step('refund'));
    if (status === 'succeeded' || status === 'failed') {
      return (await settleRefund({ ...step('settle'), outcome: status, reason })).state;
    }
    if (Date.now() >= overdueAtMs && !reported) {
      await reportOverdueRefund(step('overdue'));
      reported = true;
    }
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof refundPayment>(input);
    if (await wakeUp.wait({ round, untilMs: Date.now() < overdueAtMs ? overdueAtMs : undefined })) round = 0;
  }
}
