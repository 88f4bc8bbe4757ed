import { isGrpcServiceError, type Client } from '@temporalio/client';
import { DomainError } from '../domain/domain-error';
import { tenantOf } from '../domain/tenant';
import type { AppInput } from '../http/app';
import type { Database } from '../models/database';
import { resetSandbox } from '../temporal/reset-sandbox';
import { requireTimeSkipping } from '../temporal/time-skipping-api';
import { settleWithin } from './settle-within';

const ASK_WITHIN_MS = 1000;

/** What the API does with a sandbox beyond accepting. */
export function createSandboxOperations({ client, database }: { client: Client; database: Database }): Pick<AppInput, 'requireTimeSkipping' | 'resetSandbox'> {
  return {
    /** A Temporal that does not answer in time is no reason to refuse: an advance waits for it, as everything accepted does. */
    async requireTimeSkipping() {
      const outcome = await settleWithin({ work: () => requireTimeSkipping({ client }), limitMs: ASK_WITHIN_MS });
      if (outcome.ended === 'failed' && outcome.error instanceof DomainError) throw outcome.error;
    },

    async resetSandbox({ tenantId, keepIdempotencyId }) {
      try {
        await resetSandbox({ client, database, tenantId, keepIdempotencyId });
      } catch (error) {
        if (!isGrpcError(error)) throw error;
        throw new DomainError('TEMPORAL_UNAVAILABLE', 'Temporal does not answer, so the processes of the sandbox cannot be ended. Repeat the reset with the same Idempotency-Key.');
      }
      // Of everything before, the simulated gateway's books still tell; ours no longer do.
      await database.models.partners.updateOne({ _id: tenantOf(tenantId).partnerId }, { $set: { sandboxResetAt: new Date() } });
    },
  };
}

const isGrpcError = (error: unknown): boolean => isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
