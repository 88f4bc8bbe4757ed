import type { EventType } from '../../../contracts/events';
import { createdAtOf } from '../../../domain/ids';
import {
  courseEvents,
  courseOf,
  type CourseEventType,
  type CourseFact,
  type OnboardingCourse,
} from '../../../domain/reports/facts/onboarding-course';
import { Tally, type Count } from '../../../domain/reports/facts/tally';
import { figuresOf } from '../../../domain/reports/figures/figures-of';
import { funnelFigures } from '../../../domain/reports/figures/funnel-figures';
import { addCourse, computedFunnelFigures, secondPass } from '../../../domain/reports/figures/funnel-fold';
import type { Row } from '../../../domain/reports/report-content';
import type { Event } from '../../../models/event';
import type { GatherScope, Gatherer, SectionGatherer } from './gatherer';
import { inSlices } from './in-slices';
import { countEvents, readEvents } from './read-events';
import { readInStages, type ReadStage } from './read-in-stages';

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type FunnelState = { counts: readonly Count[] };

const accepted = ['onboarding.accepted'] as const;
const followed = Object.keys(courseEvents) as CourseEventType[] satisfies EventType[];

const boundsOf = ({ window: { startAt, endAt } }: Pick<GatherScope, 'window'>) => ({
  from: new Date(startAt),
  to: new Date(endAt),
});

/** Reads the onboardings of the window twice: for their rows and counts, then for exact percentiles. */
const onboardings: SectionGatherer<FunnelState> = {
  start: () => ({ counts: [] }),

  async readPage({ after, limit, state, ...scope }) {
    const tally = Tally.of(state.counts);
    const rows: Row[] = [];
    const first: ReadStage = (page) =>
      readCourses(scope, page, (onboardingId, course) => {
        addCourse(tally, course);
        rows.push(rowOf(onboardingId, course));
      });
    const second: ReadStage = (page) => {
      const addDurations = secondPass(tally);
      return readCourses(scope, page, (_onboardingId, course) => addDurations(course));
    };
    const page = await readInStages({ stages: [first, second], after, limit });
    return { rows, after: page.after, state: { counts: tally.counts() } };
  },

  contentOf: ({ counts }) => ({
    figures: figuresOf({
      definitions: funnelFigures,
      tally: Tally.of(counts),
      currencies: [],
      computed: computedFunnelFigures,
    }),
    series: [],
  }),
};

type TakeCourse = (onboardingId: string, course: OnboardingCourse) => void;

/** Reads the onboardings that were accepted in the window, in that order. */
async function readCourses(scope: GatherScope, page: Parameters<ReadStage>[0], take: TakeCourse) {
  const ids: string[] = [];
  const bounds = boundsOf(scope);
  const read = await readEvents({
    scope,
    types: accepted,
    ...bounds,
    ...page,
    take: ({ entityId }) => ids.push(entityId),
  });
  const facts = await findFacts(scope, ids);
  for (const id of ids) {
    const course = courseOf(facts.get(id) ?? [], { endAt: bounds.to, asOf: scope.asOf });
    if (course) take(id, course);
  }
  return read;
}

async function findFacts(
  { database, tenantId }: Pick<GatherScope, 'database' | 'tenantId'>,
  onboardingIds: readonly string[],
): Promise<Map<string, CourseFact[]>> {
  const events = await inSlices(onboardingIds, (ids) =>
    database.models.events
      .find({ tenantId, entityId: { $in: ids }, type: { $in: followed } }, { entityId: 1, type: 1, at: 1 })
      .lean<Pick<Event, '_id' | 'entityId' | 'type' | 'at'>[]>(),
  );
  const facts = new Map<string, CourseFact[]>(onboardingIds.map((id) => [id, []]));
  for (const { _id, entityId, type, at } of events)
    facts.get(entityId)?.push({ type, at, recordedAt: createdAtOf(_id) });
  return facts;
}

const isoOf = (time: Date | null): string | null => time?.toISOString() ?? null;

const rowOf = (onboardingId: string, course: OnboardingCourse): Row => [
  onboardingId,
  isoOf(course.acceptedAt),
  isoOf(course.verifiedAt),
  isoOf(course.profileAt),
  isoOf(course.approvalRequestedAt),
  isoOf(course.approvedAt),
  isoOf(course.endedAt),
  course.outcome,
];

/** Reads the report `onboarding_funnel`. */
export const onboardingFunnelGatherer: Gatherer = {
  countRows: (scope) => countEvents({ scope, type: accepted[0], ...boundsOf(scope) }),
  sections: { onboardings },
};
