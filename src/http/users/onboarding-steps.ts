import type { EventType } from '../../contracts/events';
import type { OnboardingStepEvent } from '../../contracts/users/onboarding-step-events';
import { hasEnded, type OnboardingState, type OnboardingUndoing } from '../../domain/users/onboarding';
import type { components } from '../generated/openapi-types';

export type Step = components['schemas']['Step'];

/** The part of an event from which the steps of an onboarding are computed. */
export interface StepEvent {
  type: EventType;
  at: Date;
}

export interface OnboardingStepsInput {
  state: OnboardingState;
  requiresApproval: boolean;
  /** The ending that undoing leads to; null unless the onboarding is being or was undone. */
  towards: OnboardingUndoing | null;
  events: readonly StepEvent[];
}

interface StepRule {
  name: Step['name'];
  startedBy: readonly OnboardingStepEvent[];
  doneBy?: readonly OnboardingStepEvent[];
  skippedBy?: readonly OnboardingStepEvent[];
  undoneBy?: readonly OnboardingStepEvent[];
  /** State in which the step waits for a person instead of running. */
  waitsIn?: OnboardingState;
}

const rules: readonly StepRule[] = [
  {
    name: 'verification',
    startedBy: ['onboarding.started', 'onboarding.verification_sent'],
    doneBy: ['onboarding.verified'],
    waitsIn: 'awaiting_verification',
  },
  {
    name: 'profile',
    startedBy: ['onboarding.verified'],
    doneBy: ['onboarding.profile_submitted'],
    skippedBy: ['onboarding.profile_skipped'],
    waitsIn: 'awaiting_profile',
  },
  {
    name: 'approval',
    startedBy: ['onboarding.approval_requested'],
    doneBy: ['onboarding.approved'],
    waitsIn: 'awaiting_approval',
  },
  {
    name: 'welcome_package',
    startedBy: ['onboarding.activating'],
    doneBy: ['onboarding.welcome_package_granted'],
    undoneBy: ['onboarding.welcome_package_revoked'],
  },
  {
    name: 'activation',
    startedBy: ['onboarding.welcome_package_granted'],
    doneBy: ['onboarding.user_activated'],
    undoneBy: ['onboarding.user_cancelled'],
  },
];

/**
 * Returns the steps of an onboarding and their times, computed from its events. Approval is a step only when required,
 * compensation only once something is undone. A step that undoing interrupted has failed, or is skipped if the
 * onboarding was cancelled.
 */
export function onboardingSteps({ state, requiresApproval, towards, events }: OnboardingStepsInput): Step[] {
  const first = (types: readonly OnboardingStepEvent[] = []): Date | null =>
    events.find(({ type }) => (types as readonly EventType[]).includes(type))?.at ?? null;
  const undoingSince = first(['onboarding.undoing']);
  const steps = rules
    .filter(({ name }) => name !== 'approval' || requiresApproval)
    .map((rule) => stepOf({ rule, state, towards, undoingSince, first }));
  if (undoingSince === null) return steps;
  const endedAt = hasEnded(state) ? first([`onboarding.${state}` as OnboardingStepEvent]) : null;
  return [...steps, step('compensation', hasEnded(state) ? 'done' : 'running', undoingSince, endedAt)];
}

interface StepOfInput extends Pick<OnboardingStepsInput, 'state' | 'towards'> {
  rule: StepRule;
  undoingSince: Date | null;
  first: (types?: readonly OnboardingStepEvent[]) => Date | null;
}

function stepOf({ rule, state, towards, undoingSince, first }: StepOfInput): Step {
  const { name, startedBy, doneBy, skippedBy, undoneBy, waitsIn } = rule;
  const startedAt = first(startedBy);
  const doneAt = first(doneBy);
  const undoneAt = first(undoneBy);
  const skippedAt = first(skippedBy);
  if (doneAt)
    return undoneAt
      ? step(name, 'undone', startedAt ?? doneAt, undoneAt)
      : step(name, 'done', startedAt ?? doneAt, doneAt);
  if (skippedAt) return step(name, 'skipped', startedAt, skippedAt);
  if (undoingSince) {
    if (!startedAt) return step(name, 'skipped', null, null);
    return step(name, towards === 'cancelled' ? 'skipped' : 'failed', startedAt, undoingSince);
  }
  if (state === waitsIn) return step(name, 'waiting', startedAt, null);
  return step(name, startedAt ? 'running' : 'pending', startedAt, null);
}

const step = (name: Step['name'], state: Step['state'], startedAt: Date | null, finishedAt: Date | null): Step => ({
  name,
  state,
  startedAt: startedAt?.toISOString() ?? null,
  finishedAt: finishedAt?.toISOString() ?? null,
});
