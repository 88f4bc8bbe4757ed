import { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { acceptAdvance, readSandboxClock } from '../../temporal/commands/sandbox/sandbox-clock-commands';
import { actorOf } from '../actor-of';
import { etagOf } from '../replies/etag';
import type { CallOf, Handlers } from '../handler';
import { recordIdOf, type Idempotency } from '../replies/idempotency';
import type { components } from '../generated/openapi-types';
import type { Reply } from '../pipeline/request-context';
import { presentOperation, settlingOperation } from './present-operation';
import { requireSandbox } from './require-sandbox';
import { replyAccepted, replyCurrent } from '../replies/settling';

export interface SandboxClockHandlersInput {
  database: Database;
  idempotency: Idempotency;
  basePath: string;
  /** Rejects with `TIME_SKIPPING_UNAVAILABLE` where the Temporal server cannot skip time. */
  requireTimeSkipping: () => Promise<unknown>;
  /**
   * Ends the tenant's processes and deletes its data, except the idempotency record of the reset request.
   */
  resetSandbox: (input: { tenantId: string; keepIdempotencyId: string }) => Promise<void>;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/** Ending every process and deleting everything takes longer than other requests may. */
const RESET_MS = 25_000;
const resetGoesOn = new DomainError(
  'OUTCOME_PENDING',
  `The reset takes longer than ${RESET_MS / 1000} seconds and goes on. Until it is done the sandbox accepts no ` +
    'requests: repeat this one with the same Idempotency-Key.',
);

/** Reads, advances and resets the clock of a sandbox, and reads the operation of an advance. */
export function sandboxClockHandlers(
  input: SandboxClockHandlersInput,
): Handlers<'getSandboxClock' | 'advanceSandboxClock' | 'resetSandboxClock' | 'getOperation'> {
  const { database, idempotency, basePath, requireTimeSkipping, resetSandbox, startSoon } = input;

  const settling = settlingOperation(database);
  const readClock = async (tenantId: string): Promise<components['schemas']['SandboxClock']> => {
    const { now, offsetMs, advancing } = await readSandboxClock({ database, tenantId });
    return { now: now.toISOString(), offsetSeconds: offsetMs / 1000, advancing: advancing?._id ?? null };
  };

  const accept = async (call: CallOf<'advanceSandboxClock'>): Promise<Reply> => {
    const { tenantId, caller, correlationId, body } = call;
    await requireTimeSkipping();
    return idempotency.acceptOnce({
      call,
      async write(session) {
        const { operation, row } = await acceptAdvance({
          database,
          session,
          tenantId,
          by: body.by,
          actor: actorOf(caller),
          realNow: new Date(),
          correlationId,
        });
        const headers = { Location: `${basePath}/operations/${operation._id}`, ETag: etagOf(operation.version) };
        return { status: 202, headers, body: presentOperation(operation), afterCommit: () => startSoon(row) };
      },
    });
  };

  return {
    async getSandboxClock(call) {
      requireSandbox(call, 'a clock that can be advanced');
      return { status: 200, body: await readClock(call.tenantId) };
    },

    async advanceSandboxClock(call) {
      requireSandbox(call, 'a clock that can be advanced');
      return replyAccepted({ call, reply: await accept(call), settling });
    },

    async resetSandboxClock(call) {
      requireSandbox(call, 'a clock that can be advanced');
      const { tenantId } = call;
      return idempotency.commandOnce({
        call,
        isReset: true,
        async send() {
          call.deadline.restart(RESET_MS, resetGoesOn);
          await resetSandbox({ tenantId, keepIdempotencyId: recordIdOf(call) });
          return { status: 200, body: await readClock(tenantId) };
        },
      });
    },

    getOperation: (call) => replyCurrent({ call, id: call.params.operationId, settling }),
  };
}
