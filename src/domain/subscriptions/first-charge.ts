import type { SubscriptionState } from './subscription';

/** Milliseconds from the first invoice in which a first charge that failed can be paid with another method. */
export const FIRST_CHARGE_MS = 23 * 3_600_000;

export interface FirstChargeInput {
  state: SubscriptionState;
  createdAt: Date;
  startAt: Date;
  trialEndAt: Date | null;
}

/**
 * Returns true while the first charge follows the create immediately and is not paid: the customer is present and can
 * pay with another method, and nothing was delivered. After a trial or at a later start nobody is present, so that a
 * decline is dunned.
 */
export const isFirstCharge = ({ state, createdAt, startAt, trialEndAt }: FirstChargeInput): boolean =>
  state === 'incomplete' || (state === 'accepted' && trialEndAt === null && startAt.getTime() <= createdAt.getTime());

/** Returns the instant until which a first charge can be paid. */
export const firstChargeUntil = (invoicedAt: Date): Date => new Date(invoicedAt.getTime() + FIRST_CHARGE_MS);
