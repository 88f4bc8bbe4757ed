import { isGrpcServiceError, type Client } from '@temporalio/client';
import { GatewayUnavailable } from '../clients/gateways/gateway-errors';
import type { SandboxAccount } from '../clients/gateways/sandbox-account';
import { DomainError } from '../domain/domain-error';
import { tenantOf } from '../domain/tenant';
import type { AppInput } from '../http/app';
import type { Database } from '../models/database';
import { whileResetting } from '../services/sandbox/sandbox-reset';
import { resetSandbox } from '../temporal/commands/sandbox/reset-sandbox';
import { requireTimeSkipping } from '../temporal/time-skipping/time-skipping-api';
import { settleWithin } from './lifecycle/settle-within';

const ASK_WITHIN_MS = 1000;

export interface SandboxOperationsInput {
  client: Client;
  database: Database;
  /**
   * The tenant's account at the simulated gateway; null without SANDBOX_WEBHOOK_SECRET, with which its emptying is
   * signed.
   */
  account: SandboxAccount | null;
}

/** What the API does with a sandbox beyond accepting. */
export function createSandboxOperations({
  client,
  database,
  account,
}: SandboxOperationsInput): Pick<AppInput, 'requireTimeSkipping' | 'resetSandbox'> {
  return {
    /**
     * A Temporal that does not answer in time is no reason to refuse: an advance waits for it, as everything accepted
     * does.
     */
    async requireTimeSkipping() {
      const outcome = await settleWithin({ work: () => requireTimeSkipping({ client }), limitMs: ASK_WITHIN_MS });
      if (outcome.ended === 'failed' && outcome.error instanceof DomainError) throw outcome.error;
    },

    /**
     * Empties the sandbox here and at the simulated gateway, and has nothing accepted for it until both are done. Where
     * one of the servers is away nothing is begun; where one goes away meanwhile the answer says what is left to do,
     * and a repeat with the same key does it.
     */
    async resetSandbox({ tenantId, keepIdempotencyId }) {
      await atTheGateway(() => account?.requireReachable(tenantId), 'Nothing was reset.');
      await whileResetting({ database, tenantId }, async (requireHeld) => {
        try {
          await resetSandbox({ client, database, tenantId, keepIdempotencyId, requireHeld });
        } catch (error) {
          if (!isGrpcError(error)) throw error;
          throw new DomainError(
            'TEMPORAL_UNAVAILABLE',
            'Temporal does not answer, so the processes of the sandbox cannot be ended. Repeat the reset ' +
              'with the same Idempotency-Key.',
          );
        }
        // A call that was under way may reach the gateway after its account was emptied: its books then tell of what
        // ours no longer do.
        await database.models.partners.updateOne(
          { _id: tenantOf(tenantId).partnerId },
          { $set: { sandboxResetAt: new Date() } },
        );
        await atTheGateway(
          () => account?.reset(tenantId),
          'Your data is deleted, but not yet what the gateway holds of it.',
        );
      });
    },
  };
}

async function atTheGateway(work: () => Promise<void> | undefined, standing: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GatewayUnavailable)) throw error;
    throw new DomainError(
      'GATEWAY_UNAVAILABLE',
      `The simulated gateway does not answer. ${standing} Repeat the reset with the same Idempotency-Key.`,
    );
  }
}

const isGrpcError = (error: unknown): boolean =>
  isGrpcServiceError(error) || (error instanceof Error && isGrpcServiceError(error.cause));
