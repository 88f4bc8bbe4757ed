import {
  commandOf,
  subscriptionRefusals,
  type SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type { Refusal } from '../../src/domain/refusal';
import { refuseCancelTerms, refuseSubscriptionCommand } from '../../src/domain/subscriptions/subscription';
import type { SubscriptionMessage, SubscriptionRun } from './subscription-run';

/** Returns why a command is not possible now; null when it is. */
export function refuseCommand(
  { progress, charges }: SubscriptionRun,
  name: SubscriptionUpdate,
  { when, refund, resumeAt }: SubscriptionMessage,
): Refusal | null {
  if (!progress) return null;
  const { state, waiting } = progress;
  const invoiceOpen = charges.isRunning || progress.charge !== null;
  const command = commandOf(name, { when });
  const refused = refuseSubscriptionCommand({ command, standing: { state, invoiceOpen, waiting } });
  if (refused) return refused;
  if (name === 'resumeSubscription' && invoiceOpen) {
    const detail = 'The subscription is being resumed already: its charge is under way.';
    return { code: subscriptionRefusals.resuming, detail };
  }
  if (name === 'cancelSubscription' && when && refund) return refuseCancelTerms({ when, refund });
  if (resumeAt !== undefined && Date.parse(resumeAt) <= Date.now()) {
    const detail = `resumeAt ${resumeAt} has passed: send a later instant, or leave it out.`;
    return { code: subscriptionRefusals.resumeInPast, detail, pointer: '/resumeAt' };
  }
  return null;
}
