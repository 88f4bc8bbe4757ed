import type { FactsUpTo } from './standing';

/** The events by which an onboarding is followed, with the step that each one is. */
export const courseEvents = {
  'onboarding.accepted': 'accepted',
  'onboarding.verified': 'verified',
  'onboarding.profile_submitted': 'profile',
  'onboarding.profile_skipped': 'profile',
  'onboarding.approval_requested': 'approvalRequested',
  'onboarding.approved': 'approved',
  'onboarding.completed': 'completed',
  'onboarding.expired': 'expired',
  'onboarding.rejected': 'rejected',
  'onboarding.cancelled': 'cancelled',
  'onboarding.closed': 'cancelled',
  'onboarding.failed': 'failed',
} as const satisfies Record<string, string>;

export type CourseEventType = keyof typeof courseEvents;
type CourseStep = (typeof courseEvents)[CourseEventType];

const outcomes = ['completed', 'expired', 'rejected', 'cancelled', 'failed'] as const satisfies CourseStep[];

/** One event of an onboarding. */
export interface CourseFact {
  type: string;
  /** Business time. */
  at: Date;
  /** Real time. */
  recordedAt: Date;
}

/** What an onboarding had reached by the end of a window. The times are null for what it had not reached. */
export interface OnboardingCourse {
  acceptedAt: Date;
  verifiedAt: Date | null;
  /** The profile was submitted, or its deadline passed without one. */
  profileAt: Date | null;
  approvalRequestedAt: Date | null;
  approvedAt: Date | null;
  endedAt: Date | null;
  outcome: (typeof outcomes)[number] | 'open';
}

/** Returns the course of an onboarding up to the end of a window; null for one that was accepted later. */
export function courseOf(facts: readonly CourseFact[], { endAt, asOf }: FactsUpTo): OnboardingCourse | null {
  const first = new Map<CourseStep, Date>();
  for (const { type, at, recordedAt } of facts) {
    const step = (courseEvents as Partial<Record<string, CourseStep>>)[type];
    if (!step || at >= endAt || recordedAt > asOf) continue;
    const known = first.get(step);
    if (!known || at < known) first.set(step, at);
  }
  const acceptedAt = first.get('accepted');
  if (!acceptedAt) return null;
  const timeOf = (step: CourseStep): Date | null => first.get(step) ?? null;
  const outcome = outcomes.find((ending) => first.has(ending)) ?? 'open';
  return {
    acceptedAt,
    verifiedAt: timeOf('verified'),
    profileAt: timeOf('profile'),
    approvalRequestedAt: timeOf('approvalRequested'),
    approvedAt: timeOf('approved'),
    endedAt: outcome === 'open' ? null : timeOf(outcome),
    outcome,
  };
}
