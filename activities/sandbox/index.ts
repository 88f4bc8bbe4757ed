import type { ActivityDependencies } from '../dependencies';
import { createSandboxClockActivities } from './sandbox-clock';

/** Creates the activities of sandboxes, by their wire names. */
export const createSandboxActivities = (dependencies: ActivityDependencies) => ({
  ...createSandboxClockActivities(dependencies),
});
