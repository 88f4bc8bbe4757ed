import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';

/**
 * Something outside Temporal that a workflow waits for; skipping time does not make it happen sooner. Between two looks
 * the workflow waits on a timer, as for any deadline; skipping that one would let deadlines pass because of an outage.
 */
export interface OutsideWaitDefinition {
  process: Process;
  /** For a person: `it waits for …`. */
  what: string;
  /** The wire name of the signal that has the workflow look now instead of at its next turn. */
  signal: string;
  waits(input: OutsideWaitInput): Promise<boolean>;
}

export interface OutsideWaitInput {
  models: Database['models'];
  tenantId: string;
  entityId: string;
}
