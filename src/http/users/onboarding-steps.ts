import type { EventType } from '../../contracts/events';
import { hasEnded, type OnboardingState, type OnboardingUndoing } from '../../domain/users/onboarding';
import type { components } from '../generated/openapi-types';

export type Step = components['schemas']['Step'];

/** What of an event tells how far an onboarding is. */
export interface StepEvent {
  type: EventType;
  at: Date;
}

export interface OnboardingStepsInput {
  state: OnboardingState;
  requiresApproval: boolean;
  /** Where undoing leads; null unless something is or was undone. */
  towards: OnboardingUndoing | null;
  events: readonly StepEvent[];
}

interface StepRule {
  name: Step['name'];
  startedBy: readonly EventType[];
  doneBy?: readonly EventType[];
  skippedBy?: readonly EventType[];
  undoneBy?: readonly EventType[];
  /** A person has to act, so it waits instead of running. */
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

/** The events that steps are computed from. */
export const stepEventTypes: EventType[] = [
  ...new Set(
    rules.flatMap(({ startedBy, doneBy = [], skippedBy = [], undoneBy = [] }) => [
      ...startedBy,
      ...doneBy,
      ...skippedBy,
      ...undoneBy,
    ]),
  ),
  'onboarding.undoing',
  'onboarding.completed',
  'onboarding.expired',
  'onboarding.rejected',
  'onboarding.cancelled',
  'onboarding.failed',
];

/**
 * The steps of an onboarding, with their times, from what happened to it. Approval is a step only where it is asked
 * for, compensation only once something is undone. A step that undoing interrupted has failed, unless the onboarding
 * was simply cancelled: then it is skipped.
 */
export function onboardingSteps({ state, requiresApproval, towards, events }: OnboardingStepsInput): Step[] {
  const first = (types: readonly EventType[] = []): Date | null =>
    events.find(({ type }) => types.includes(type))?.at ?? null;
  const undoingSince = first(['onboarding.undoing']);
  const steps = rules
    .filter(({ name }) => name !== 'approval' || requiresApproval)
    .map((rule) => stepOf({ rule, state, towards, undoingSince, first }));
  if (undoingSince === null) return steps;
  const endedAt = hasEnded(state) ? first([`onboarding.${state}` as EventType]) : null;
  return [...steps, step('compensation', hasEnded(state) ? 'done' : 'running', undoingSince, endedAt)];
}

interface StepOfInput extends Pick<OnboardingStepsInput, 'state' | 'towards'> {
  rule: StepRule;
  undoingSince: Date | null;
  first: (types?: readonly EventType[]) => Date | null;
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
