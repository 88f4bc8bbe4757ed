import type { Database } from '../src/models/database';
import type { StepInput, StepResult } from '../src/models/apply-step';
import { createNotificationActivities } from './notifications';
import { createOnboardingActivities } from './onboarding';
import { createWelcomePackageActivities } from './welcome-package';

/** What activities act with. Values are injected by the process, so that activities import no connection. */
export interface ActivityDependencies {
  database: Database;
  /** The guarded transition (src/models/apply-step.ts). */
  applyStep: (database: Database, input: StepInput) => Promise<StepResult>;
  /** Where escalations go. */
  operatorEmail: string;
}

/** Every activity by its wire name: the one list. */
export const createActivities = (dependencies: ActivityDependencies) => ({
  ...createOnboardingActivities(dependencies),
  ...createNotificationActivities(dependencies),
  ...createWelcomePackageActivities(dependencies),
});

export type Activities = ReturnType<typeof createActivities>;
