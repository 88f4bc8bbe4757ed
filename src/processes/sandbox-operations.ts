import { isGrpcServiceError, type Client } from '@temporalio/client';
import { GatewayUnavailable } from '../clients/gateways/gateway-errors';
import type { SandboxAccount } from '../clients/gateways/sandbox-account';
import { DomainError } from '../domain/domain-error';
import type { FileStore } from '../domain/reports/file-store';
import { tenantOf } from '../domain/tenant';
import type { AppInput } from '../http/app';
import type { Database } from '../models/database';
import { whileResetting } from '../services/sandbox/while-resetting';
import { resetSandbox } from '../temporal/commands/sandbox/reset-sandbox';
import { requireTimeSkipping } from '../temporal/time-skipping/time-skipping-api';
import { settleWithin } from './lifecycle/settle-within';

const REQUEST_WITHIN_MS = 1000;

export interface SandboxOperationsInput {
  client: Client;
  database: Database;
  /**
   * The tenant's account at the simulator; null without SANDBOX_WEBHOOK_SECRET, which signs the request to empty it.
   */
  account: SandboxAccount | null;
  fileStore: Pick<FileStore, 'remove'>;
}

/** Returns the operations of the API on a sandbox that go beyond accepting a request. */
export function createSandboxOperations({
  client,
  database,
  account,
  fileStore,
}: SandboxOperationsInput): Pick<AppInput, 'requireTimeSkipping' | 'resetSandbox'> {
  return {
    /**
     * A Temporal that does not respond in time is no reason to refuse: an advance waits for it, like everything
     * accepted.
     */
    async requireTimeSkipping() {
      const outcome = await settleWithin({ work: () => requireTimeSkipping({ client }), limitMs: REQUEST_WITHIN_MS });
      if (outcome.ended === 'failed' && outcome.error instanceof DomainError) throw outcome.error;
    },

    /**
     * Empties the sandbox here and at the simulator, and accepts nothing for it until both are done. While a server is
     * down nothing is begun; if a server goes down meanwhile the error says which part remains, and a repeat with the
     * same key completes it.
     */
    async resetSandbox({ tenantId, keepIdempotencyId }) {
      await atTheGateway(() => account?.requireReachable(tenantId), 'Nothing was reset.');
      await whileResetting({ database, tenantId }, async (requireHeld) => {
        try {
          const removeFile = (fileId: string): Promise<void> => fileStore.remove(fileId);
          await resetSandbox({ client, database, tenantId, keepIdempotencyId, requireHeld, removeFile });
        } catch (error) {
          if (!isGrpcError(error)) throw error;
          throw new DomainError(
            'TEMPORAL_UNAVAILABLE',
            'Temporal does not respond, so the processes of the sandbox cannot be ended. Repeat the reset ' +
              'with the same Idempotency-Key.',
          );
        }
        // A call that was under way may reach the gateway after its account was emptied: the gateway's books then
        // contain calls that ours no longer do.
        await database.models.partners.updateOne(
          { _id: tenantOf(tenantId).partnerId },
          { $set: { sandboxResetAt: new Date() } },
        );
        await atTheGateway(
          () => account?.reset(tenantId),
          "Your data is deleted, but not yet the gateway's records of it.",
        );
      });
    },
  };
}

async function atTheGateway(work: () => Promise<void> | undefined, progress: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    throw new DomainError(
      'GATEWAY_UNAVAILABLE',
      `The simulated gateway does not respond. ${progress} Repeat the reset with the same Idempotency-Key.`,
    );
  }
}

const isGrpcError = (error: unknown): boolean =>
  isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
