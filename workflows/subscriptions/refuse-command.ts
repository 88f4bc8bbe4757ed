import {
  commandOf,
  subscriptionRefusals,
  type SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type { Refusal } from '../../src/domain/refusal';
import type { SubscriptionProgress } from '../../src/domain/subscriptions/subscription-progress';
import { refuseOldPreview } from '../../src/domain/subscriptions/pending-change';
import { refuseCancelTerms, refuseSubscriptionCommand } from '../../src/domain/subscriptions/subscription';
import type { SubscriptionMessage } from './subscription-message';

/** The part of a run that decides which commands are possible. */
interface SubscriptionStanding {
  progress: SubscriptionProgress | null;
  charges: { readonly period: { readonly isRunning: boolean } };
}

/** Returns the reason that a command is not possible now; null when the command is possible. */
export function refuseCommand(
  { progress, charges }: SubscriptionStanding,
  name: SubscriptionUpdate,
  { when, refund, resumeAt, previewedAt }: SubscriptionMessage,
): Refusal | null {
  if (!progress) return null;
  const { state, waiting } = progress;
  const invoiceOpen = charges.period.isRunning || progress.charge !== null;
  const changePending = progress.pendingChange !== null;
  const command = commandOf(name, { when });
  const refused = refuseSubscriptionCommand({ command, standing: { state, invoiceOpen, waiting, changePending } });
  if (refused) return refused;
  if (name === 'resumeSubscription' && invoiceOpen) {
    const detail = 'The subscription is being resumed already: its charge is under way.';
    return { code: subscriptionRefusals.resuming, detail };
  }
  if (previewedAt) return refuseOldPreview({ previewedAt, now: new Date().toISOString() });
  if (name === 'cancelSubscription' && when && refund) return refuseCancelTerms({ when, refund });
  if (resumeAt !== undefined && Date.parse(resumeAt) <= Date.now()) {
    const detail = `resumeAt ${resumeAt} has passed: send a later instant, or leave it out.`;
    return { code: subscriptionRefusals.resumeInPast, detail, pointer: '/resumeAt' };
  }
  return null;
}
