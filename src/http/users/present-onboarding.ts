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

/** Returns the API representation of an onboarding; its steps are computed from its events. */
export function presentOnboarding({
  onboarding,
  events,
}: {
  onboarding: Onboarding;
  events: readonly StepEvent[];
}): components['schemas']['Onboarding'] {
  const { state, undoing, requiresApproval, verification } = onboarding;
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
