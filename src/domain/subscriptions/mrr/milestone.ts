import { hasEnded, type SubscriptionState } from '../subscription';

/**
 * What a subscription goes through once in a trial or for an invoice.
 *
 * - `trial_converted`: a trial ended with its first payment; `trial_lost`: with a failed first charge or a cancel.
 * - `dunning_begun`: a charge of an invoice failed, and the ladder retries it, so not one of a new subscription, of a
 *   resumption or of a change of plan, nor one that another payment method follows immediately; `dunning_recovered`: it
 *   was paid after all; `dunning_given_up`: the last retry failed, or the subscription ended before.
 */
export const milestoneKinds = [
  'trial_converted',
  'trial_lost',
  'dunning_begun',
  'dunning_recovered',
  'dunning_given_up',
] as const;
export type MilestoneKind = (typeof milestoneKinds)[number];

export interface Milestone {
  kind: MilestoneKind;
  /** Of dunning; null for a trial. */
  invoiceId: string | null;
}

/** The facts of a subscription that its milestones depend on. */
export interface MilestoneStanding {
  state: SubscriptionState;
  trialEndAt: Date | null;
  /** Null until the first invoice is paid. */
  paidUntil: Date | null;
  charge: { invoiceId: string | null; failedAt: Date | null } | null;
}

const inTrial: readonly SubscriptionState[] = ['trialing', 'paused'];

/** Returns the milestones that a step reaches, in their order. */
export function milestonesOf(before: MilestoneStanding, after: MilestoneStanding): Milestone[] {
  return [...trialMilestones(before, after), ...dunningMilestones(before, after)];
}

function trialMilestones(before: MilestoneStanding, after: MilestoneStanding): Milestone[] {
  const hadTrial = before.trialEndAt !== null && before.paidUntil === null && inTrial.includes(before.state);
  if (!hadTrial || inTrial.includes(after.state)) return [];
  return [{ kind: after.state === 'active' ? 'trial_converted' : 'trial_lost', invoiceId: null }];
}

function dunningMilestones(before: MilestoneStanding, after: MilestoneStanding): Milestone[] {
  const wasDunned = isDunned(before);
  const begins = !wasDunned && isDunned(after);
  const invoiceId = (begins ? after : before).charge?.invoiceId ?? null;
  const milestones: Milestone[] = begins ? [{ kind: 'dunning_begun', invoiceId }] : [];
  if (wasDunned && after.state === 'active' && !isDunned(after))
    milestones.push({ kind: 'dunning_recovered', invoiceId });
  const isGivenUp = after.state === 'unpaid' || hasEnded(after.state);
  if ((wasDunned || begins) && before.state !== 'unpaid' && !hasEnded(before.state) && isGivenUp)
    milestones.push({ kind: 'dunning_given_up', invoiceId });
  return milestones;
}

const isDunned = ({ charge }: MilestoneStanding): boolean => charge !== null && charge.failedAt !== null;
