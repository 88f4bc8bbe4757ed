import * as fc from 'fast-check';
import type { EventType } from '../../../../contracts/events';
import { newId } from '../../../../domain/ids';
import { Course, newEntity, times, type History } from './random-facts';

const HOUR_MS = 3_600_000;

const onboardingShape = fc.record({
  acceptedMs: fc.integer({ min: -60, max: 60 }).map((hours) => hours * HOUR_MS),
  /** The number of steps before the ending. */
  steps: fc.integer({ min: 0, max: 4 }),
  skipsProfile: fc.boolean(),
  ending: fc.constantFrom('none', 'none', 'expired', 'rejected', 'cancelled', 'closed', 'failed'),
  times,
});
type OnboardingShape = typeof onboardingShape extends fc.Arbitrary<infer Shape> ? Shape : never;

const states: Readonly<Record<string, string>> = { closed: 'cancelled' };

/** Returns the histories of onboardings that begin in the days around an instant. */
export function randomOnboardings(input: { tenantId: string; around: Date; count: number; seed: number }): History {
  const { count: numRuns, seed } = input;
  const shapes = fc.sample(onboardingShape, { numRuns, seed });
  return { entities: shapes.map((shape) => onboardingHistory({ ...input, shape })), postings: [] };
}

function onboardingHistory({ tenantId, around, shape }: { tenantId: string; around: Date; shape: OnboardingShape }) {
  const course = new Course(around.getTime() + shape.acceptedMs, shape.times);
  const accepted = course.next();
  const entity = newEntity({ collection: 'onboardings', _id: newId('onboarding'), tenantId, fixed: {} }, accepted);
  const names = [
    'verified',
    shape.skipsProfile ? 'profile_skipped' : 'profile_submitted',
    'approval_requested',
    'approved',
  ].slice(0, shape.steps);
  entity.add('onboarding.accepted', 'accepted', accepted);
  entity.add('onboarding.verification_sent', 'awaiting_verification', course.next());
  for (const name of names) entity.add(`onboarding.${name}` as EventType, 'activating', course.next());
  const ending = shape.ending === 'none' && shape.steps === 4 ? 'completed' : shape.ending;
  if (ending !== 'none') entity.add(`onboarding.${ending}` as EventType, states[ending] ?? ending, course.next());
  return entity;
}
