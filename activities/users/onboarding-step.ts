import type { OnboardingStepInput } from '../../src/contracts/users/onboarding-activities';
import { byWorkflow } from '../../src/domain/actor';

/** Returns the part that every step of an onboarding's workflow has in common, for `applyStep`. */
export const onboardingStep = ({ tenantId, onboardingId, chain, step, at }: OnboardingStepInput) =>
  ({
    tenantId,
    entityType: 'onboarding',
    entityId: onboardingId,
    chain,
    step,
    at,
    by: byWorkflow,
  }) as const;
