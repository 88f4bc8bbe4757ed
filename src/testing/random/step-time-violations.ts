import { onboardingStepEvents, type OnboardingStepEvent } from '../../contracts/users/onboarding-step-events';
import type { Database } from '../../models/database';

/** Returns the onboardings, of all tenants, whose summary of their steps does not agree with their events. */
export async function stepTimeViolations({ models }: Pick<Database, 'models'>): Promise<string[]> {
  const onboardings = await models.onboardings.find({}, { stepTimes: 1 }).lean();
  const events = await models.events.find({ entityType: 'onboarding' }).sort({ version: 1 }).lean();
  return onboardings.flatMap(({ _id, stepTimes }) => {
    const first: Record<string, Date> = {};
    for (const { type, at } of events.filter(({ entityId }) => entityId === _id))
      if (onboardingStepEvents.includes(type as OnboardingStepEvent)) first[type.split('.')[1] ?? ''] ??= at;
    const [expected, found] = [first, stepTimes].map((times) => JSON.stringify(byName(times)));
    return expected === found ? [] : [`${_id} keeps ${found}, its events are ${expected}`];
  });
}

const byName = (times: object): [string, unknown][] =>
  Object.entries(times as Record<string, unknown>).toSorted(([one], [other]) => one.localeCompare(other));
