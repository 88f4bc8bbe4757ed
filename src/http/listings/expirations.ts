import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { acceptSweep } from '../../services/listings/sweep/sweep-operation';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import { actorOf } from '../actor-of';
import type { Handlers } from '../handler';
import { etagOf } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import { replyAccepted } from '../replies/settling';
import { presentOperation, settlingOperation } from '../sandbox/present-operation';

export interface ExpirationHandlersInput {
  database: Database;
  idempotency: Idempotency;
  basePath: string;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

/** Orders a sweep of the listings that are due; platform operator only. */
export const expirationHandlers = (input: ExpirationHandlersInput): Handlers<'expireDueListings'> => ({
  async expireDueListings(call) {
    const { database, idempotency, basePath, startSoon } = input;
    const reply = await idempotency.acceptOnce({
      call,
      async write(session) {
        const { tenantId, caller, correlationId, body } = call;
        const { operation, row } = await acceptSweep({
          database,
          session,
          tenantId,
          partnerId: body?.partnerId ?? null,
          dryRun: body?.dryRun ?? false,
          correlationId,
          by: actorOf(caller, 'operator'),
          at: new Date(),
          startDelayMs: OWN_SEND_MS,
        });
        const headers = { Location: `${basePath}/operations/${operation._id}`, ETag: etagOf(operation.version) };
        return { status: 202, headers, body: presentOperation(operation), afterCommit: () => startSoon(row) };
      },
    });
    return replyAccepted({ call, reply, settling: settlingOperation(database) });
  },
});
