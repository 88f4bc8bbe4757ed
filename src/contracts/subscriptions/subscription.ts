import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SubscriptionCommand, SubscriptionState } from '../../domain/subscriptions/subscription';
import type { SubscriptionProgress, SubscriptionWaitingFor } from '../../domain/subscriptions/subscription-progress';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';

export const SUBSCRIPTION = 'subscription';
export const SUBSCRIPTION_PAYMENT = 'subscriptionPayment';

/** Returns the only form of the workflow's id: the business key. */
export function subscriptionId(id: string): string {
  return `${SUBSCRIPTION}/${id}`;
}
/** One attempt to charge a period, named by its start (ISO 8601), or a change of plan, named by its invoice. */
export type ChargeAttempt = { attempt: number } & (
  | { periodStart: string; invoiceId?: undefined }
  | { invoiceId: string; periodStart?: undefined }
);

/**
 * Returns the only form of the child workflow's id. A retry is a new attempt; a query about a payment without a final
 * result belongs to the same attempt. The charge of a change has the id of its invoice in place of the period's start.
 */
export function subscriptionPaymentId({
  subscriptionId: id,
  ...charge
}: ChargeAttempt & Pick<SubscriptionRef, 'subscriptionId'>): string {
  return `${SUBSCRIPTION_PAYMENT}/${id}/${chargeKeyOf(charge)}`;
}

/** Returns the name of the step under which a part of a charge is recorded. */
export function chargeStep(part: 'details' | 'invoice' | 'charge', charge: ChargeAttempt): string {
  return `${part}/${chargeKeyOf(charge)}`;
}

const chargeKeyOf = ({ periodStart, invoiceId, attempt }: ChargeAttempt): string =>
  `${invoiceId ?? periodStart}/${attempt}`;

/** Names a subscription to workflow and activities: ids only, nothing personal. */
export interface SubscriptionRef {
  tenantId: string;
  subscriptionId: string;
}

export interface SubscriptionInput extends SubscriptionRef, BornInSandbox {
  correlationId: string;
  /**
   * The latest commands with their outcomes, passed from run to run: a command repeated across a continue-as-new
   * returns its outcome and is not applied again.
   */
  applied?: AppliedCommand[];
}

export interface AppliedCommand {
  commandId: string;
  outcome: SubscriptionOutcome;
}

export type SubscriptionPaymentInput = ChargeAttempt &
  SubscriptionRef & {
    correlationId: string;
    /** The first run id of the subscription's chain, which owns the subscription; this child acts for the chain. */
    chain: string;
  };

/** The subscription's progress after a charge, which may still be pending. A decline is a result. */
export interface SubscriptionPaymentResult {
  progress: SubscriptionProgress;
}

export interface ChangePlanInput extends CommandInput {
  planId: string;
  /** Defaults to the present quantity. */
  quantity?: number;
  when: 'now' | 'period_end';
  /** The `at` of the preview whose figures apply, ISO 8601. Defaults to the instant at which the change is ordered. */
  previewedAt?: string;
}

export interface PauseSubscriptionInput extends CommandInput {
  /** ISO 8601. Without it the pause lasts until a resume command. */
  resumeAt?: string;
}

export interface CancelSubscriptionInput extends CommandInput {
  when: 'now' | 'period_end';
  refund: 'none' | 'prorated';
}

/** The new payment method waits in MongoDB under the command's id (`paymentMethod`). */
export type UpdatePaymentMethodInput = CommandInput;

export type SubscriptionOutcome = CommandOutcome<SubscriptionState>;

export interface SubscriptionStatus {
  state: SubscriptionState;
  waiting: SubscriptionProgress['waiting'];
  waitingFor: SubscriptionWaitingFor | null;
}

export const getState = defineQuery<SubscriptionStatus>('getState');

/**
 * The gateway reported on a payment without a final result. The signal is only a wake-up: a superfluous, late or forged
 * one changes nothing, and the timer makes up for a lost one.
 */
export const paymentReported = defineSignal('paymentReported');

export const changePlan = defineUpdate<SubscriptionOutcome, [ChangePlanInput]>('changePlan');
export const pauseSubscription = defineUpdate<SubscriptionOutcome, [PauseSubscriptionInput]>('pauseSubscription');
export const resumeSubscription = defineUpdate<SubscriptionOutcome, [CommandInput]>('resumeSubscription');
export const cancelSubscription = defineUpdate<SubscriptionOutcome, [CancelSubscriptionInput]>('cancelSubscription');
export const undoSubscriptionChange = defineUpdate<SubscriptionOutcome, [CommandInput]>('undoSubscriptionChange');
export const updatePaymentMethod = defineUpdate<SubscriptionOutcome, [UpdatePaymentMethodInput]>('updatePaymentMethod');

export const subscriptionUpdates = [
  changePlan,
  pauseSubscription,
  resumeSubscription,
  cancelSubscription,
  undoSubscriptionChange,
  updatePaymentMethod,
] as const;

interface NoTerms {
  when?: undefined;
}

/** The terms of each command, besides its id and sender. */
export interface SubscriptionCommandTerms {
  changePlan: Omit<ChangePlanInput, keyof CommandInput>;
  pauseSubscription: Omit<PauseSubscriptionInput, keyof CommandInput>;
  resumeSubscription: NoTerms;
  cancelSubscription: Omit<CancelSubscriptionInput, keyof CommandInput>;
  undoSubscriptionChange: NoTerms;
  updatePaymentMethod: NoTerms;
}
export type PlanChangeTerms = SubscriptionCommandTerms['changePlan'];
export type SubscriptionUpdate = keyof SubscriptionCommandTerms;

/** The command of the state machine for each update, by the time at which it takes effect. */
const commands = {
  changePlan: { now: 'changePlanNow', period_end: 'changePlanAtPeriodEnd' },
  cancelSubscription: { now: 'cancelSubscriptionNow', period_end: 'cancelSubscriptionAtPeriodEnd' },
  pauseSubscription: { now: 'pauseSubscription', period_end: 'pauseSubscription' },
  resumeSubscription: { now: 'resumeSubscription', period_end: 'resumeSubscription' },
  undoSubscriptionChange: { now: 'undoSubscriptionChange', period_end: 'undoSubscriptionChange' },
  updatePaymentMethod: { now: 'updatePaymentMethod', period_end: 'updatePaymentMethod' },
} as const satisfies Record<SubscriptionUpdate, Record<'now' | 'period_end', SubscriptionCommand>>;

/** Returns the command of the state machine for an update. */
export function commandOf(
  update: SubscriptionUpdate,
  { when = 'period_end' }: { when?: 'now' | 'period_end' },
): SubscriptionCommand {
  return commands[update][when];
}

/**
 * Codes that refuse a subscription's command, besides those of `refuseSubscriptionCommand` and
 * `refuseCancelTerms`.
 */
export const subscriptionRefusals = {
  resuming: 'SUBSCRIPTION_RESUMING',
  resumeInPast: 'RESUME_IN_PAST',
  /** The run takes no commands for a moment; the api repeats the command automatically. */
  continuingAsNew: 'CONTINUING_AS_NEW',
} as const;
