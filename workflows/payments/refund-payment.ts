import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { gatewayReported, type RefundPaymentInput } from '../../src/contracts/payments/payment';
import type { RefundStepInput } from '../../src/contracts/payments/payment-activities';
import { paymentTimes } from '../../src/domain/payments/payment';
import type { RefundState } from '../../src/domain/payments/refund';
import { beginRefund, processRefundGateway, reportOverdueRefund, settleRefund } from './activities';
import { inTenantTime } from './in-tenant-time';
import { News } from './news';

/**
 * Gives back what a refund has reserved. Nothing stops it: it ends when the gateway says that the money is given back,
 * or that it never will be. Without an answer it is settled by its key, webhooks hastening it; after 24 hours an
 * operator is told too.
 */
export async function refundPayment(input: RefundPaymentInput): Promise<RefundState> {
  const news = new News();
  setHandler(gatewayReported, () => news.tell());
  return CancellationScope.nonCancellable(() => tell(input, news));
}

async function tell(input: RefundPaymentInput, news: News): Promise<RefundState> {
  const { tenantId, refundId } = input;
  const step = (name: string): RefundStepInput => ({
    tenantId,
    refundId,
    chain: workflowInfo().firstExecutionRunId,
    step: name,
    at: new Date().toISOString(),
  });

  await inTenantTime(input);
  const { state, since } = await beginRefund(step('begin'));
  if (state !== 'pending') return state;
  const overdueAtMs = Date.parse(since) + paymentTimes.unknownMs;
  let reported = false;
  for (let look = 1; ; look++) {
    const { status, reason } = await processRefundGateway(step('refund'));
    if (status === 'succeeded' || status === 'failed') {
      await settleRefund({ ...step('settle'), outcome: status, reason });
      return status;
    }
    if (Date.now() >= overdueAtMs && !reported) {
      await reportOverdueRefund(step('overdue'));
      reported = true;
    }
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof refundPayment>(input);
    await news.await({ look, untilMs: Date.now() < overdueAtMs ? overdueAtMs : undefined });
  }
}
