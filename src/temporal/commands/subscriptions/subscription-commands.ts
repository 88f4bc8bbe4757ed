import { setTimeout } from 'node:timers/promises';
import {
  commandOf,
  subscriptionRefusals,
  type SubscriptionCommandTerms,
  type SubscriptionOutcome,
  type SubscriptionUpdate,
} from '../../../contracts/subscriptions/subscription';
import { subscriptionProcess } from '../../../contracts/subscriptions/process';
import { commandStep } from '../../../contracts/commands';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { requireSameCurrency } from '../../../domain/subscriptions/invoice';
import { billingStandingOf } from '../../../domain/subscriptions/plan-change';
import { hasEnded, refuseSubscriptionCommand } from '../../../domain/subscriptions/subscription';
import { findPlanItem } from '../../../services/subscriptions/accept-subscription';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { sendCommand, type CommandDependencies } from '../../send-command';

export type SendSubscriptionCommandInput = {
  [Command in SubscriptionUpdate]: {
    tenantId: string;
    subscriptionId: string;
    command: Command;
    terms: SubscriptionCommandTerms[Command];
    /** From the idempotency record, also the update id: a retry receives the same update's outcome. */
    commandId: string;
    by: Actor;
  };
}[SubscriptionUpdate];

/**
 * Sends a command to a running subscription; see `sendCommand`. The new token of `updatePaymentMethod` waits in
 * `commandPayloads` under the command's id (`{ paymentMethod }`), written by the caller before.
 *
 * @throws DomainError as `sendCommand`; `PLAN_UNKNOWN`, `PLAN_CURRENCY_DIFFERS`, `NOTHING_TO_CHANGE`,
 *   `INTEGER_OUT_OF_RANGE`, `AMOUNT_TOO_LARGE`, `RESUME_IN_PAST` for invalid terms; the
 *   conflicts `PREVIEW_OUTDATED`, `SUBSCRIPTION_CANCELLED`, `SUBSCRIPTION_NOT_STARTED`, `SUBSCRIPTION_PAUSED`,
 *   `SUBSCRIPTION_NOT_PAUSED`, `SUBSCRIPTION_RESUMING`, `INVOICE_OPEN`, `CHANGE_WAITING`, `NOTHING_TO_UNDO`.
 */
export type SendSubscriptionCommand = (input: SendSubscriptionCommandInput) => Promise<SubscriptionOutcome>;

export function createSubscriptionCommands(dependencies: CommandDependencies): SendSubscriptionCommand {
  return async (input) => {
    const { tenantId, subscriptionId, command, terms, commandId, by } = input;
    await requirePossible(dependencies, input);
    const send = () =>
      sendCommand(dependencies, {
        tenantId,
        process: subscriptionProcess,
        entityId: subscriptionId,
        update: command,
        input: { ...terms, commandId, by },
        refusalOf: (entity) => (hasEnded((entity as Subscription).state) ? ended(command) : null),
      }) as Promise<SubscriptionOutcome>;
    return retryDuringContinueAsNew(send);
  };
}

const PAUSE_MS = 100;
const MAX_ATTEMPTS = 10;

/** Retries while the workflow continues-as-new: for some ten milliseconds it refuses commands. */
async function retryDuringContinueAsNew(send: () => Promise<SubscriptionOutcome>): Promise<SubscriptionOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== subscriptionRefusals.continuingAsNew) throw error;
      if (attempt === MAX_ATTEMPTS)
        throw new DomainError(
          'OUTCOME_PENDING',
          'The subscription is busy. Repeat the request with the same Idempotency-Key.',
          { retryAfterSeconds: 1 },
        );
      await setTimeout(PAUSE_MS);
    }
  }
}

/**
 * Rejects whatever the request and the plan alone rule out; here the error can point at the field. The process decides
 * whether there is something to change: a change back to the present plan withdraws a pending one.
 */
async function requirePossible(
  { database }: CommandDependencies,
  { tenantId, subscriptionId, command, terms, commandId }: SendSubscriptionCommandInput,
): Promise<void> {
  if (command !== 'changePlan') return;
  const { subscriptions, events } = database.models;
  const subscription = await subscriptions.findOne({ _id: subscriptionId, tenantId }).lean();
  if (!subscription || hasEnded(subscription.state)) return;
  // A repeat succeeds as the first time, whatever the subscription has become since. Query the event after the
  // subscription: the command may be recorded between the two reads.
  if (await events.exists({ tenantId, entityId: subscriptionId, step: commandStep(commandId) })) return;
  const { planId, quantity } = terms;
  const { item: current } = billingStandingOf(subscription);
  const next = await findPlanItem({ database, tenantId, planId, quantity: quantity ?? current.quantity });
  requireSameCurrency({ current, next });
}

function ended(command: SubscriptionUpdate): DomainError {
  const refused = refuseSubscriptionCommand({
    command: commandOf(command, {}),
    standing: { state: 'cancelled', invoiceOpen: false, waiting: null, changePending: false },
  })!;
  return new DomainError(refused.code, refused.detail);
}
