import type { OnboardingCourse } from '../facts/onboarding-course';
import { addExactly, addToBuckets, quantileOf, wantedBuckets } from '../facts/quantiles';
import type { Tally } from '../facts/tally';
import { shareOf, type ComputeFigure } from './figures-of';

const ranks = { median: 0.5, p90: 0.9 } as const;

/** The times between which each duration runs. */
const durations = {
  verification: ({ acceptedAt, verifiedAt }) => [acceptedAt, verifiedAt],
  profile: ({ verifiedAt, profileAt }) => [verifiedAt, profileAt],
  approval: ({ approvalRequestedAt, approvedAt }) => [approvalRequestedAt, approvedAt],
  completion: ({ acceptedAt, endedAt, outcome }) => [acceptedAt, outcome === 'completed' ? endedAt : null],
} as const satisfies Record<string, (course: OnboardingCourse) => [Date | null, Date | null]>;

const durationIds = Object.keys(durations) as (keyof typeof durations)[];

/** Returns a duration in whole seconds, rounded down; null for one without both of its times. */
function secondsOf(course: OnboardingCourse, id: keyof typeof durations): number | null {
  const [from, to] = durations[id](course);
  return from && to ? Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000)) : null;
}

/** First pass over the onboardings: counts what one has reached. */
export function addCourse(tally: Tally, course: OnboardingCourse): void {
  tally.add({ id: 'funnel_accepted' });
  if (course.verifiedAt) tally.add({ id: 'funnel_verified' });
  if (course.profileAt) tally.add({ id: 'funnel_profile' });
  if (course.approvalRequestedAt) tally.add({ id: 'funnel_approval_requested' });
  if (course.approvedAt) tally.add({ id: 'funnel_approved' });
  addOutcome(tally, course);
  for (const id of durationIds) {
    const seconds = secondsOf(course, id);
    if (seconds !== null) addToBuckets(tally, id, seconds);
  }
}

function addOutcome(tally: Tally, { outcome }: OnboardingCourse): void {
  if (outcome === 'open') tally.add({ id: 'funnel_open' });
  else if (outcome === 'completed') tally.add({ id: 'funnel_completed' });
  else {
    tally.add({ id: 'funnel_ended' });
    tally.add({ id: 'funnel_ended', by: outcome });
  }
}

/**
 * Returns the second pass over the same onboardings, which counts the durations that a percentile may be. Begins once
 * the first pass has ended.
 */
export function secondPass(tally: Tally): (course: OnboardingCourse) => void {
  const wanted = new Map(durationIds.map((id) => [id, wantedBuckets(tally, id, Object.values(ranks))]));
  return (course) => {
    for (const [id, buckets] of wanted) {
      const seconds = secondsOf(course, id);
      if (seconds !== null) addExactly(tally, id, seconds, buckets);
    }
  };
}

const share =
  (part: string, whole: string): ComputeFigure =>
  (tally) =>
    shareOf(tally.valueOf({ id: part }), tally.valueOf({ id: whole }));

/** The figures of a funnel that are not counted, by id. */
export const computedFunnelFigures: Readonly<Record<string, ComputeFigure>> = {
  funnel_verified_share: share('funnel_verified', 'funnel_accepted'),
  funnel_profile_share: share('funnel_profile', 'funnel_accepted'),
  funnel_approved_share: share('funnel_approved', 'funnel_approval_requested'),
  funnel_completed_share: share('funnel_completed', 'funnel_accepted'),
  ...Object.fromEntries(
    durationIds.flatMap((id) =>
      Object.entries(ranks).map(([name, rank]) => [`${id}_${name}`, (tally: Tally) => quantileOf(tally, id, rank)]),
    ),
  ),
};
