import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';

/**
 * Something outside Temporal that a workflow waits for; skipping time does not make it happen sooner. Between two
 * checks the workflow waits on a timer, as for any deadline; skipping that timer would let deadlines pass because of an
 * outage.
 */
export interface OutsideWaitDefinition {
  process: Process;
  /** Text for people that completes "it waits for …". */
  description: string;
  /** The wire name of the signal that makes the workflow check immediately instead of at its next timer. */
  signal: string;
  /** Resolves to true while the entity's workflow waits for it. */
  waits(input: OutsideWaitInput): Promise<boolean>;
}

export interface OutsideWaitInput {
  models: Database['models'];
  tenantId: string;
  entityId: string;
}
