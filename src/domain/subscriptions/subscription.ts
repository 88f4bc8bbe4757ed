import type { Refusal } from '../refusal';
import type { Transitions } from '../transitions';
import { terminalStates, transitionsToMermaid } from '../transitions';

export const subscriptionStates = [
  'accepted',
  'incomplete',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'incomplete_expired',
  'cancelled',
] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

/**
 * Every transition a subscription may make. `incomplete` is a first charge that follows the create immediately and is
 * not paid: nothing is delivered, and there is no ladder. In `past_due` the service continues while the ladder retries; in `unpaid`
 * it has stopped and nothing is retried automatically. A renewal whose outcome is unknown, or waits for a person,
 * leaves the subscription `active` with its invoice open.
 */
export const subscriptionTransitions: Transitions<SubscriptionState> = {
  accepted: {
    trialing: 'the start has come, with a trial',
    incomplete: 'the first charge, made immediately, is not paid',
    active: 'the first charge is paid',
    past_due: 'the first charge, at a later start, failed',
    paused: 'its user is suspended at the start',
    cancelled: 'cancelled before the start',
  },
  incomplete: {
    active: 'paid',
    incomplete_expired: 'not paid within 23 h',
    cancelled: 'cancelled',
  },
  trialing: {
    active: 'the trial ended, the first charge is paid',
    past_due: 'the trial ended, the first charge failed',
    paused: 'paused, or its user is suspended at the end',
    cancelled: 'cancelled',
  },
  active: {
    past_due: 'a renewal failed',
    paused: 'paused, or its user is suspended at a renewal',
    cancelled: 'cancelled',
  },
  past_due: {
    active: 'paid',
    unpaid: 'the last retry failed',
    cancelled: 'cancelled',
  },
  unpaid: {
    active: 'paid',
    cancelled: 'cancelled, or not paid to the end',
  },
  paused: {
    trialing: 'resumed within the trial',
    active: 'resumed, the period is paid',
    cancelled: 'cancelled',
  },
  incomplete_expired: {},
  cancelled: {},
};

export const subscriptionsToMermaid = (): string =>
  transitionsToMermaid({ table: subscriptionTransitions, initial: 'accepted' });

export const endedSubscriptionStates = terminalStates(subscriptionTransitions);
export type EndedSubscriptionState = 'incomplete_expired' | 'cancelled';
export type OpenSubscriptionState = Exclude<SubscriptionState, EndedSubscriptionState>;

/** Returns true for a subscription that never changes again. */
export const hasEnded = (state: SubscriptionState): state is EndedSubscriptionState =>
  endedSubscriptionStates.includes(state);

export const subscriptionCommands = [
  'changePlanNow',
  'changePlanAtPeriodEnd',
  'pauseSubscription',
  'resumeSubscription',
  'cancelSubscriptionNow',
  'cancelSubscriptionAtPeriodEnd',
  'undoSubscriptionChange',
  'updatePaymentMethod',
] as const;
export type SubscriptionCommand = (typeof subscriptionCommands)[number];

export interface SubscriptionStanding {
  state: SubscriptionState;
  /** True while an invoice is unpaid: being charged, of unknown outcome, or failed. */
  invoiceOpen: boolean;
  /** The change that takes effect at the period's end. */
  waiting: 'cancel' | 'change_plan' | null;
  /** True while a change of plan is being paid, which takes effect then. */
  changePending: boolean;
}

const refusals = {
  SUBSCRIPTION_CANCELLED: 'The subscription has ended and accepts no more commands: create a new one.',
  SUBSCRIPTION_NOT_STARTED:
    'The subscription has not started: wait for its start, or cancel it or change its plan with when "now".',
  SUBSCRIPTION_PAUSED: 'The subscription is paused: resume it first, or cancel it now.',
  SUBSCRIPTION_NOT_PAUSED: 'The subscription is not paused: there is nothing to resume.',
  INVOICE_OPEN:
    'An invoice is open: it must be paid first (a new payment method is charged immediately), or cancel now.',
  CHANGE_WAITING: 'A cancel or a change of plan waits for the end of the period: undo it first.',
  NOTHING_TO_UNDO: 'No change of plan is being paid, and nothing waits for the end of the period.',
} as const;
export type SubscriptionRefusalCode = keyof typeof refusals;

type CommandRefusal = SubscriptionRefusalCode | null;
const inAnyState = {
  accepted: null,
  incomplete: null,
  trialing: null,
  active: null,
  past_due: null,
  unpaid: null,
  paused: null,
};
/** Nothing but a payment or a cancel moves a subscription that has never been paid, or whose service has stopped. */
const ifPaid = { ...inAnyState, incomplete: 'INVOICE_OPEN', unpaid: 'INVOICE_OPEN' } as const;
const atPeriodEnd: Record<OpenSubscriptionState, CommandRefusal> = {
  ...ifPaid,
  accepted: 'SUBSCRIPTION_NOT_STARTED',
  paused: 'SUBSCRIPTION_PAUSED',
};
const notPaused = 'SUBSCRIPTION_NOT_PAUSED';

/**
 * By command and state: null where the command is accepted, otherwise the code of the conflict. A subscription that has
 * ended refuses every command.
 */
export const subscriptionCommandTable: Readonly<
  Record<SubscriptionCommand, Readonly<Record<OpenSubscriptionState, CommandRefusal>>>
> = {
  changePlanNow: { ...ifPaid, past_due: 'INVOICE_OPEN', paused: 'SUBSCRIPTION_PAUSED' },
  changePlanAtPeriodEnd: atPeriodEnd,
  pauseSubscription: { ...atPeriodEnd, past_due: 'INVOICE_OPEN' },
  resumeSubscription: {
    accepted: notPaused,
    incomplete: notPaused,
    trialing: notPaused,
    active: notPaused,
    past_due: notPaused,
    unpaid: notPaused,
    paused: null,
  },
  cancelSubscriptionNow: inAnyState,
  cancelSubscriptionAtPeriodEnd: atPeriodEnd,
  undoSubscriptionChange: inAnyState,
  updatePaymentMethod: inAnyState,
};

/** Commands that need the open invoice settled first, as they change what it stands for. */
const needsInvoiceSettled: readonly SubscriptionCommand[] = ['changePlanNow', 'pauseSubscription'];
/**
 * Commands that would contradict the waiting change, so that nothing a partner ordered is dropped silently;
 * `cancelSubscriptionNow` overrules both changes.
 */
const yieldsTo: Readonly<Partial<Record<SubscriptionCommand, readonly SubscriptionStanding['waiting'][]>>> = {
  changePlanNow: ['cancel', 'change_plan'],
  changePlanAtPeriodEnd: ['cancel', 'change_plan'],
  pauseSubscription: ['cancel', 'change_plan'],
  cancelSubscriptionAtPeriodEnd: ['cancel', 'change_plan'],
};

/** Returns null when the subscription takes the command now, otherwise the conflict with its state. */
export function refuseSubscriptionCommand({
  command,
  standing,
}: {
  command: SubscriptionCommand;
  standing: SubscriptionStanding;
}): Refusal | null {
  const { state, invoiceOpen, waiting, changePending } = standing;
  const refuse = (code: SubscriptionRefusalCode): Refusal => ({ code, detail: refusals[code] });

  if (hasEnded(state)) return refuse('SUBSCRIPTION_CANCELLED');
  const code = subscriptionCommandTable[command][state];
  if (code) return refuse(code);
  if (invoiceOpen && needsInvoiceSettled.includes(command)) return refuse('INVOICE_OPEN');
  if (waiting && yieldsTo[command]?.includes(waiting)) return refuse('CHANGE_WAITING');
  if (command === 'undoSubscriptionChange' && !waiting && !changePending) return refuse('NOTHING_TO_UNDO');
  return null;
}

/**
 * Returns true for a command that withdraws the payment of a pending change, and is applied once its outcome is known:
 * to the new plan when it was captured, otherwise to the present one.
 */
export const withdrawsPendingChange = (command: SubscriptionCommand): boolean =>
  command !== 'resumeSubscription' && command !== 'updatePaymentMethod';

/** Refuses a refund with a cancel at the period's end: nothing is unused then, and nobody must wait for a refund. */
export function refuseCancelTerms({
  when,
  refund,
}: {
  when: 'now' | 'period_end';
  refund: 'none' | 'prorated';
}): Refusal | null {
  if (when === 'now' || refund === 'none') return null;
  const detail = 'refund "prorated" fits when "now": at the end of the period nothing is unused.';
  return { code: 'REFUND_NOT_APPLICABLE', detail, pointer: '/refund' };
}

export interface ResumeInput {
  resumedAt: string;
  trialEndAt: string | null;
  /** The end of the last period that was paid; null when none was. */
  paidUntil: string | null;
}

/**
 * Returns the effect of resuming. A trial or a paid period is used up first, on the same dates (a pause does not
 * lengthen it); afterwards a new period is charged immediately, and the schedule is anchored to the resumption.
 */
export function meaningOfResume({
  resumedAt,
  trialEndAt,
  paidUntil,
}: ResumeInput): 'trial_goes_on' | 'period_goes_on' | 'charge_now' {
  const resumed = Date.parse(resumedAt);
  if (trialEndAt !== null && resumed < Date.parse(trialEndAt)) return 'trial_goes_on';
  return paidUntil !== null && resumed < Date.parse(paidUntil) ? 'period_goes_on' : 'charge_now';
}
