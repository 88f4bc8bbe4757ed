import type { EventType } from '../../contracts/events';
import type { StepTimes } from '../../contracts/users/onboarding-step-events';
import { hasEnded, waitingForOf } from '../../domain/users/onboarding';
import type { Onboarding } from '../../models/users/onboarding';
import { onboardingSteps, type StepEvent } from './onboarding-steps';
import type { components } from '../generated/openapi-types';

const endings: Partial<Record<Onboarding['state'], string>> = {
  completed: 'The user is active and has the welcome package.',
  expired: 'A deadline passed; the user was cancelled and the address can be used again.',
  rejected: 'A reviewer rejected the onboarding; the user was cancelled and the address can be used again.',
  cancelled: 'The onboarding was cancelled; completed steps were undone and the address can be used again.',
  failed: 'The onboarding failed; completed steps were undone and the address can be used again.',
};

/** Returns the API representation of an onboarding; its steps are computed from the times that it keeps of them. */
export function presentOnboarding(onboarding: Onboarding): components['schemas']['Onboarding'] {
  const { state, undoing, requiresApproval, verification } = onboarding;
  const events = stepEventsOf(onboarding.stepTimes);
  return {
    id: onboarding._id,
    state,
    userId: onboarding.userId,
    email: onboarding.email,
    name: onboarding.name,
    locale: onboarding.locale,
    timeZone: onboarding.timeZone,
    requiresApproval,
    metadata: onboarding.metadata,
    verificationMail: verification.mail,
    waitingFor: waitingForOf({
      state,
      until: onboarding.until?.toISOString() ?? null,
      verificationMail: verification.mail,
    }),
    steps: onboardingSteps({ state, requiresApproval, towards: undoing?.towards ?? null, events }),
    outcome: hasEnded(state)
      ? { state, detail: `${endings[state] ?? ''}${undoing?.reason ? ` (${undoing.reason})` : ''}` }
      : null,
    correlationId: onboarding.correlationId,
    createdAt: onboarding.createdAt.toISOString(),
    updatedAt: onboarding.updatedAt.toISOString(),
  };
}

/** Returns the first event of each type in the order of their times, which is that of the timeline. */
const stepEventsOf = (times: StepTimes): StepEvent[] =>
  Object.entries(times)
    .map(([name, at]): StepEvent => ({ type: `onboarding.${name}` as EventType, at }))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
