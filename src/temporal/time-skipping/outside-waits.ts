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
  /** Text for people that completes "it waits for …". */
  description: string;
  /** Resolves to true while the workflow waits for it. */
  waits(): Promise<boolean>;
  /** Makes the workflow check immediately instead of at its next timer. Never throws. */
  checkNow(): Promise<void>;
}

export interface OutsideWaitOfInput {
  client: Client;
  database: Pick<Database, 'models'>;
  tenantId: string;
  workflowId: string;
}

/** Returns the wait outside Temporal that a workflow may be in; undefined where its process has none. */
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
    description: definition.description,
    waits: () => definition.waits({ models, tenantId, entityId }),
    async checkNow() {
      await client
        .withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
          client.workflow.getHandle(workflowId).signal(definition.signal),
        )
        .catch(() => undefined);
    },
  };
}
