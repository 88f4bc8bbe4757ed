import type { EventType } from '../events';

/** The events that begin, end, skip or undo a step of an onboarding. */
export const onboardingStepEvents = [
  'onboarding.accepted',
  'onboarding.started',
  'onboarding.verification_sent',
  'onboarding.verified',
  'onboarding.profile_submitted',
  'onboarding.profile_skipped',
  'onboarding.approval_requested',
  'onboarding.approved',
  'onboarding.activating',
  'onboarding.welcome_package_granted',
  'onboarding.welcome_package_revoked',
  'onboarding.user_activated',
  'onboarding.user_cancelled',
  'onboarding.undoing',
  'onboarding.completed',
  'onboarding.expired',
  'onboarding.rejected',
  'onboarding.cancelled',
  'onboarding.failed',
] as const satisfies readonly EventType[];

export type OnboardingStepEvent = (typeof onboardingStepEvents)[number];

/** The name of an event in `stepTimes`; a dot would separate the fields of a path. */
type Named<Type> = Type extends `onboarding.${infer Name}` ? Name : never;

/**
 * The time of the first event of each type, by its name without `onboarding.`.
 */
export type StepTimes = Partial<Record<Named<OnboardingStepEvent>, Date>>;
