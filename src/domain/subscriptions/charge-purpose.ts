import type { PaymentPurpose } from '../payments/payment';

export interface ChargedSubscription {
  /** The end of the last period that was paid; null before the first payment. */
  paidUntil: Date | null;
  trialEndAt: Date | null;
  startAt: Date;
  createdAt: Date;
}

/**
 * Returns the purpose of a subscription's next charge: `initial` where it follows the create immediately, so that the
 * customer is present; `renewal` for every later charge, the first after a trial or a future start included.
 */
export const purposeOfCharge = ({ paidUntil, trialEndAt, startAt, createdAt }: ChargedSubscription): PaymentPurpose =>
  paidUntil === null && trialEndAt === null && startAt.getTime() <= createdAt.getTime() ? 'initial' : 'renewal';
