import { CancellationScope, startChild, workflowInfo } from '@temporalio/workflow';
import {
  SUBSCRIPTION_PAYMENT,
  subscriptionPaymentId,
  type ChargeAttempt,
  type SubscriptionInput,
} from '../../src/contracts/subscriptions/subscription';
import { workflowTaskTimeout } from '../../src/contracts/task-queues';
import type { SubscriptionProgress } from '../../src/domain/subscriptions/subscription-progress';
import { runsElsewhere } from './runs-elsewhere';
import type { subscriptionPayment } from './subscription-payment';

export interface ChargingInput {
  input: SubscriptionInput;
  charge: ChargeAttempt;
}

/** A charge under way in a child workflow. The main loop continues meanwhile, so that commands are answered. */
export class Charging {
  progress: SubscriptionProgress | null = null;
  error: unknown = null;
  settled = false;
  /** True when the child of an earlier run still charges; its result is queried later. */
  elsewhere = false;
  private readonly scope = new CancellationScope();
  private started = false;
  private unwanted = false;

  constructor(input: ChargingInput) {
    this.run(input).then(
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

  /** Cancels the child, which voids the payment. The charge still ends with a result. */
  withdraw(): void {
    this.unwanted = true;
    if (this.started) this.scope.cancel();
  }

  private async run({ input, charge }: ChargingInput): Promise<SubscriptionProgress> {
    const { tenantId, subscriptionId, correlationId } = input;
    const { firstExecutionRunId: chain } = workflowInfo();
    const child = await this.scope.run(() =>
      startChild<typeof subscriptionPayment>(SUBSCRIPTION_PAYMENT, {
        workflowId: subscriptionPaymentId({ subscriptionId, ...charge }),
        workflowTaskTimeout,
        args: [{ tenantId, subscriptionId, correlationId, chain, ...charge }],
        // A query about an attempt starts the same child again.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
        // A payment that has started must be recorded, whatever happens to this workflow.
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
