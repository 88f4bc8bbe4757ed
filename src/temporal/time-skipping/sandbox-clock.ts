import type { AdvanceStepInput, FinishAdvanceInput } from '../../contracts/sandbox/sandbox-clock';
import { claimAdvance, finishAdvance } from '../../services/sandbox/operation-progress';
import { createAdvanceTenant, type AdvanceTenant, type AdvanceTenantDependencies } from './advance-tenant';
import { requireTimeSkipping } from './time-skipping-api';

/** The operations that the activities of an advance call. */
export interface SandboxClockMover {
  claim(input: AdvanceStepInput): Promise<void>;
  /** Rejects with `TIME_SKIPPING_UNAVAILABLE` where the server lacks the feature. */
  requireTimeSkipping(): Promise<unknown>;
  advance: AdvanceTenant;
  finish(input: FinishAdvanceInput): Promise<void>;
}

export function createSandboxClockMover(dependencies: AdvanceTenantDependencies): SandboxClockMover {
  const { client, database } = dependencies;
  return {
    claim: (input) => claimAdvance({ database, ...input }),
    requireTimeSkipping: () => requireTimeSkipping({ client }),
    advance: createAdvanceTenant(dependencies),
    finish: (input) => finishAdvance({ database, ...input }),
  };
}
