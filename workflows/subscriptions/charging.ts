import { CancellationScope, startChild, workflowInfo } from '@temporalio/workflow';
import {
  SUBSCRIPTION_PAYMENT,
  subscriptionPaymentId,
  type SubscriptionInput,
} from '../../src/contracts/subscriptions/subscription';
import type { SubscriptionProgress } from '../../src/domain/subscriptions/subscription-progress';
import { runsElsewhere } from './runs-elsewhere';
import type { subscriptionPayment } from './subscription-payment';

/** A charge under way in its child. The story goes on meanwhile, so that commands are answered. */
export class Charging {
  progress: SubscriptionProgress | null = null;
  error: unknown = null;
  settled = false;
  /** The child of a run before this one still runs: what it comes to is asked for later. */
  elsewhere = false;
  private readonly scope = new CancellationScope();
  private started = false;
  private unwanted = false;

  constructor({ input, periodStart, attempt }: { input: SubscriptionInput; periodStart: string; attempt: number }) {
    this.run(input, periodStart, attempt).then(
      (progress) => {
        this.progress = progress;
        this.settled = true;
      },
      (error: unknown) => {
        this.elsewhere = runsElsewhere(error);
        this.error = error;
        this.settled = true;
      },
    );
  }

  /** Has the payment withdrawn; what became of it is still waited for. */
  withdraw(): void {
    this.unwanted = true;
    if (this.started) this.scope.cancel();
  }

  private async run(
    { tenantId, subscriptionId, correlationId }: SubscriptionInput,
    periodStart: string,
    attempt: number,
  ): Promise<SubscriptionProgress> {
    const child = await this.scope.run(() =>
      startChild<typeof subscriptionPayment>(SUBSCRIPTION_PAYMENT, {
        workflowId: subscriptionPaymentId({ subscriptionId, periodStart, attempt }),
        args: [
          { tenantId, subscriptionId, correlationId, chain: workflowInfo().firstExecutionRunId, periodStart, attempt },
        ],
        // Asking again about the same attempt is the same child once more.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
        // What was begun with money is recorded whatever becomes of this workflow.
        parentClosePolicy: 'ABANDON',
        memo: { correlationId },
      }),
    );
    this.started = true;
    if (this.unwanted) this.scope.cancel();
    const { progress } = await child.result();
    return progress;
  }
}
