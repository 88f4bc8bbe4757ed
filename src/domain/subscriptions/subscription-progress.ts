import { hasEnded, type SubscriptionState } from './subscription';

/**
 * The state of an open invoice's charge. `due`: the next attempt is made immediately. `pending`: the last attempt has
 * no final result yet and is queried again. `failed`: the charge waits for the dunning ladder, or in `unpaid` for a new
 * payment method.
 */
export type ChargeStatus = 'due' | 'pending' | 'failed';

/** The facts of a subscription that decide what its process does next. Times are ISO 8601. */
export interface SubscriptionProgress {
  /** The subscription's version: a progress with a higher version is newer. */
  version: number;
  state: SubscriptionState;
  startAt: string;
  trialEndAt: string | null;
  /** The instant at which the trial's end is announced; null without a trial and after the announcement. */
  trialNoticeAt: string | null;
  nextPeriodAt: string;
  waiting: 'cancel' | 'change_plan' | null;
  resumeAt: string | null;
  /** The deadline of an `incomplete` subscription; null in every other state. */
  firstCharge: FirstChargeDeadline<string> | null;
  charge: {
    periodStart: string;
    /** The last attempt; 0 before the first. */
    attempt: number;
    status: ChargeStatus;
    /** With `failed`: the instant of the next attempt, or in `unpaid` of the cancellation. */
    nextAt: string | null;
    /**
     * With `pending`: the instant at which the payment is given up, such as the end of the hour in which the customer
     * has to confirm; null where there is no such deadline.
     */
    until?: string | null;
  } | null;
  /** The change of plan that is being paid; null without one. */
  pendingChange: {
    invoiceId: string;
    /** The last attempt; 0 before the first. */
    attempt: number;
    status: 'due' | 'pending';
    /** The instant at which the change falls when it is not paid. */
    until: string;
    /** With `pending`: as for `charge`. */
    paymentUntil: string | null;
    /** True once a command has withdrawn the payment; its outcome is awaited. */
    isWithdrawn: boolean;
  } | null;
  /** The payments of fallen changes whose outcome is not known yet. */
  withdrawnCharges: { invoiceId: string; attempt: number }[];
}

export interface FirstChargeDeadline<Instant> {
  /** The instant at which the subscription expires unpaid. */
  until: Instant;
  /** True once the payment under way was withdrawn at that instant; its outcome is awaited. */
  isWithdrawn: boolean;
}

interface ProgressSource {
  version: number;
  state: SubscriptionState;
  startAt: Date;
  trialEndAt: Date | null;
  trialNoticeAt: Date | null;
  nextPeriodAt: Date;
  waiting: { what: 'cancel' | 'change_plan' } | null;
  resumeAt: Date | null;
  firstCharge?: FirstChargeDeadline<Date> | null;
  charge: {
    periodStart: string;
    attempt: number;
    status: ChargeStatus;
    nextAt: Date | null;
    until?: Date | null;
  } | null;
  pendingChange: {
    invoiceId: string;
    attempt: number;
    status: 'due' | 'pending';
    until: Date;
    paymentUntil: Date | null;
    isWithdrawn: boolean;
  } | null;
  withdrawnCharges: { invoiceId: string; attempt: number }[];
}

const iso = (date: Date | null): string | null => date && date.toISOString();

export const progressOf = ({
  version,
  state,
  charge,
  pendingChange,
  ...rest
}: ProgressSource): SubscriptionProgress => ({
  version,
  state,
  startAt: rest.startAt.toISOString(),
  trialEndAt: iso(rest.trialEndAt),
  trialNoticeAt: iso(rest.trialNoticeAt),
  nextPeriodAt: rest.nextPeriodAt.toISOString(),
  waiting: rest.waiting?.what ?? null,
  resumeAt: iso(rest.resumeAt),
  firstCharge:
    state === 'incomplete' && rest.firstCharge
      ? { until: rest.firstCharge.until.toISOString(), isWithdrawn: rest.firstCharge.isWithdrawn }
      : null,
  charge: charge && {
    periodStart: charge.periodStart,
    attempt: charge.attempt,
    status: charge.status,
    nextAt: iso(charge.nextAt),
    until: iso(charge.until ?? null),
  },
  pendingChange: pendingChange && {
    invoiceId: pendingChange.invoiceId,
    attempt: pendingChange.attempt,
    status: pendingChange.status,
    until: pendingChange.until.toISOString(),
    paymentUntil: iso(pendingChange.paymentUntil),
    isWithdrawn: pendingChange.isWithdrawn,
  },
  withdrawnCharges: rest.withdrawnCharges.map(({ invoiceId, attempt }) => ({ invoiceId, attempt })),
});

/**
 * The next step. `query_payment`: a pending payment is queried again. `expire`: the first charge was not paid in time.
 * `give_up`: the subscription was unpaid for too long.
 */
export type SubscriptionDue = {
  what: 'start_trial' | 'announce_trial_end' | 'charge' | 'query_payment' | 'resume' | 'cancel' | 'expire' | 'give_up';
  /** Null for an immediate step, and for `query_payment`, whose time the process keeps. */
  at: string | null;
};

/** Returns the next step that needs no command; null when there is none. */
export function nextDue(progress: SubscriptionProgress): SubscriptionDue | null {
  const { state, charge, waiting, nextPeriodAt } = progress;
  if (charge?.status !== 'due' && progress.firstCharge?.isWithdrawn === false)
    return { what: 'expire', at: progress.firstCharge.until };
  if (charge?.status === 'pending') return cancelFirst(progress, { what: 'query_payment', at: null });
  if (hasEnded(state)) return null;
  if (charge?.status === 'due') return { what: 'charge', at: null };
  if (charge) return cancelFirst(progress, { what: state === 'unpaid' ? 'give_up' : 'charge', at: charge.nextAt });
  switch (state) {
    case 'accepted':
      return { what: progress.trialEndAt === null ? 'charge' : 'start_trial', at: progress.startAt };
    case 'trialing':
      if (progress.trialNoticeAt !== null && waiting !== 'cancel')
        return { what: 'announce_trial_end', at: progress.trialNoticeAt };
      return { what: waiting === 'cancel' ? 'cancel' : 'charge', at: nextPeriodAt };
    case 'active':
      return { what: waiting === 'cancel' ? 'cancel' : 'charge', at: nextPeriodAt };
    case 'paused':
      return progress.resumeAt === null ? null : { what: 'resume', at: progress.resumeAt };
    default:
      return null;
  }
}

/** Puts a cancel at the period's end before any later step, whatever the result of the charge. */
function cancelFirst({ state, waiting, nextPeriodAt }: SubscriptionProgress, due: SubscriptionDue): SubscriptionDue {
  if (waiting !== 'cancel' || hasEnded(state)) return due;
  return due.at !== null && due.at <= nextPeriodAt ? due : { what: 'cancel', at: nextPeriodAt };
}

/**
 * The next step of a change's charge. `charge_change` makes an attempt, `query_change` queries one without a final
 * result, `expire_change` gives the change up.
 */
export interface ChangeDue {
  what: 'charge_change' | 'query_change' | 'expire_change';
  invoiceId: string;
  attempt: number;
  /** Null for a step whose time the process keeps. */
  at: string | null;
}

/** Returns the next steps of the pending change and of the payments of fallen ones. */
export function changeDues({ pendingChange, withdrawnCharges }: SubscriptionProgress): ChangeDue[] {
  const queries = withdrawnCharges.map((charge) => ({ ...charge, what: 'query_change', at: null }) as const);
  if (!pendingChange) return queries;
  const { invoiceId, attempt, status, until } = pendingChange;
  const charge: ChangeDue =
    status === 'due'
      ? { what: 'charge_change', invoiceId, attempt: attempt + 1, at: null }
      : { what: 'query_change', invoiceId, attempt, at: null };
  return [{ what: 'expire_change', invoiceId, attempt, at: until }, charge, ...queries];
}

export interface SubscriptionWaitingFor {
  what:
    | 'start'
    | 'trial_end'
    | 'renewal'
    | 'change'
    | 'payment'
    | 'retry'
    | 'payment_method'
    | 'first_payment'
    | 'resume'
    | 'cancel';
  until: string | null;
}

/** Returns the event that the subscription waits for, for people to read; null once it has ended. */
export function waitingForOf(progress: SubscriptionProgress): SubscriptionWaitingFor | null {
  const { state, charge, waiting, nextPeriodAt, pendingChange, resumeAt, startAt } = progress;
  if (pendingChange) return { what: 'change', until: earlierOf(pendingChange.until, pendingChange.paymentUntil) };
  if (charge?.status === 'pending' || charge?.status === 'due')
    return { what: 'payment', until: charge.status === 'pending' ? (charge.until ?? null) : null };
  if (progress.firstCharge) return { what: 'first_payment', until: progress.firstCharge.until };
  if (charge) return { what: state === 'unpaid' ? 'payment_method' : 'retry', until: charge.nextAt };
  switch (state) {
    case 'accepted':
      return { what: 'start', until: startAt };
    case 'paused':
      return { what: 'resume', until: resumeAt };
    case 'incomplete_expired':
    case 'cancelled':
      return null;
    default:
      return {
        what: waiting === 'cancel' ? 'cancel' : state === 'trialing' ? 'trial_end' : 'renewal',
        until: nextPeriodAt,
      };
  }
}

const earlierOf = (at: string, other: string | null): string =>
  other !== null && Date.parse(other) < Date.parse(at) ? other : at;
