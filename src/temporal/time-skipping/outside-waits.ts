import type { Client } from '@temporalio/client';
import type { Database } from '../../models/database';
import { paymentWaits } from './payments/gateway-waits';
import { chargeWait } from './subscriptions/charge-wait';

const definitionsByDomain = {
  payments: paymentWaits,
  subscriptions: [chargeWait],
};
const definitions = Object.values(definitionsByDomain).flat();

const CALL_TIMEOUT_MS = 2000;

/** One workflow's wait for something outside Temporal. */
export interface OutsideWait {
  /** For a person: `it waits for …`. */
  what: string;
  /** Resolves to true while the workflow waits for it. */
  waits(): Promise<boolean>;
  /** Has the workflow look now instead of at its next turn. Never throws. */
  hasten(): Promise<void>;
}

export interface OutsideWaitOfInput {
  client: Client;
  database: Pick<Database, 'models'>;
  tenantId: string;
  workflowId: string;
}

/** Returns what a workflow may wait for outside Temporal; undefined where its process never does. */
export function outsideWaitOf({
  client,
  database: { models },
  tenantId,
  workflowId,
}: OutsideWaitOfInput): OutsideWait | undefined {
  const definition = definitions.find(({ process }) => process.entityIdOf(workflowId) !== null);
  const entityId = definition?.process.entityIdOf(workflowId);
  if (!definition || !entityId) return undefined;
  return {
    what: definition.what,
    waits: () => definition.waits({ models, tenantId, entityId }),
    async hasten() {
      await client
        .withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
          client.workflow.getHandle(workflowId).signal(definition.signal),
        )
        .catch(() => undefined);
    },
  };
}
