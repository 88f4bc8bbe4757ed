import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SubscriptionCommand, SubscriptionState } from '../../domain/subscriptions/subscription';
import type { SubscriptionProgress, SubscriptionWaitingFor } from '../../domain/subscriptions/subscription-progress';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';

export const SUBSCRIPTION = 'subscription';
export const SUBSCRIPTION_PAYMENT = 'subscriptionPayment';

/** The sole form of the workflows' ids: the business keys. */
export function subscriptionId(id: string): string {
  return `${SUBSCRIPTION}/${id}`;
}
/**
 * A retry is a new attempt; asking again about a payment without an answer is the same one. `periodStart` is ISO 8601.
 */
export function subscriptionPaymentId({
  subscriptionId: id,
  periodStart,
  attempt,
}: Pick<SubscriptionPaymentInput, 'subscriptionId' | 'periodStart' | 'attempt'>): string {
  return `${SUBSCRIPTION_PAYMENT}/${id}/${periodStart}/${attempt}`;
}

/** The step that each part of a charge is recorded under. */
export function chargeStep(
  part: 'details' | 'invoice' | 'charge',
  { periodStart, attempt }: Pick<SubscriptionPaymentInput, 'periodStart' | 'attempt'>,
): string {
  return `${part}/${periodStart}/${attempt}`;
}

/** Names a subscription to workflow and activities: ids only, nothing personal. */
export interface SubscriptionRef {
  tenantId: string;
  subscriptionId: string;
}

export interface SubscriptionInput extends SubscriptionRef, BornInSandbox {
  correlationId: string;
  /**
   * From run to run: the latest commands with their answers, so that one that is repeated across a fresh start is
   * answered and not applied again.
   */
  applied?: AppliedCommand[];
}

export interface AppliedCommand {
  commandId: string;
  outcome: SubscriptionOutcome;
}

export interface SubscriptionPaymentInput extends SubscriptionRef {
  correlationId: string;
  /** First run id of the subscription's chain: it owns the subscription, this child acts for it. */
  chain: string;
  periodStart: string;
  attempt: number;
}

/** Where the subscription stands when a charge has its answer, or has none yet. A decline is an answer. */
export interface SubscriptionPaymentResult {
  progress: SubscriptionProgress;
}

export interface ChangePlanInput extends CommandInput {
  planId: string;
  /** Default: as many as now. */
  quantity?: number;
  when: 'now' | 'period_end';
}

export interface PauseSubscriptionInput extends CommandInput {
  /** ISO 8601; without it until it is resumed. */
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
 * There is news of a payment that was left without a final answer: ask for it now. It says no more than that, so one
 * too many, too late or forged changes nothing; one that is lost is made up for by the timer.
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

/** What each command is told besides its id and sender. */
export interface SubscriptionCommandTerms {
  changePlan: Omit<ChangePlanInput, keyof CommandInput>;
  pauseSubscription: Omit<PauseSubscriptionInput, keyof CommandInput>;
  resumeSubscription: NoTerms;
  cancelSubscription: Omit<CancelSubscriptionInput, keyof CommandInput>;
  undoSubscriptionChange: NoTerms;
  updatePaymentMethod: NoTerms;
}
export type SubscriptionUpdate = keyof SubscriptionCommandTerms;

/** The command of the state machine that an update stands for, by when it takes effect. */
const commands = {
  changePlan: { now: 'change_plan_now', period_end: 'change_plan_at_period_end' },
  cancelSubscription: { now: 'cancel_now', period_end: 'cancel_at_period_end' },
  pauseSubscription: { now: 'pause', period_end: 'pause' },
  resumeSubscription: { now: 'resume', period_end: 'resume' },
  undoSubscriptionChange: { now: 'undo', period_end: 'undo' },
  updatePaymentMethod: { now: 'change_payment_method', period_end: 'change_payment_method' },
} as const satisfies Record<SubscriptionUpdate, Record<'now' | 'period_end', SubscriptionCommand>>;

export function commandOf(
  update: SubscriptionUpdate,
  { when = 'period_end' }: { when?: 'now' | 'period_end' },
): SubscriptionCommand {
  return commands[update][when];
}

/**
 * Why a command of a subscription may be refused, besides the codes of `refuseSubscriptionCommand` and
 * `refuseCancelTerms`.
 */
export const subscriptionRefusals = {
  resuming: 'SUBSCRIPTION_RESUMING',
  resumeInPast: 'RESUME_IN_PAST',
  /** For a moment nothing is taken: the sender asks again by itself. */
  continuingAsNew: 'CONTINUING_AS_NEW',
} as const;
