import type { Database } from '../../models/database';
import type { ListingSuspension } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import { moveListing, type MovingCommand } from '../../services/listings/move-listing';
import { submitListing } from '../../services/listings/submit-listing';
import { OWN_SEND_MS } from '../../services/new-outbox-row';
import { actorOf } from '../actor-of';
import type { Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';
import { etagOf } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import { findCalledListing, type ListingCall } from './find-listing';
import { presentListing } from './present-listing';
import { listingVersionAt } from './shown-version';

export interface ListingCommandHandlersInput {
  database: Database;
  idempotency: Idempotency;
  basePath: string;
  /** Sends the start of a committed row in the background. */
  startSoon: (row: OutboxRow) => void;
}

type CommandOperations =
  | 'submitListing'
  | 'withdrawListing'
  | 'republishListing'
  | 'suspendListing'
  | 'reinstateListing';

interface MoveInput {
  command: MovingCommand;
  using?: 'write' | 'review';
  data?: Record<string, unknown>;
  suspension?: Omit<ListingSuspension, 'at'>;
}

/** Moves listings: by guarded transitions, because a listing belongs to no process. */
export function listingCommandHandlers(input: ListingCommandHandlersInput): Handlers<CommandOperations> {
  const { database, idempotency, basePath, startSoon } = input;

  const move = (call: ListingCall, { command, using = 'write', data = {}, suspension }: MoveInput): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      async write(session, commandId, at) {
        const listing = await findCalledListing({ database, call, session });
        const by = actorOf(call.caller, using);
        const step = `${command}/${commandId}`;
        const moved = await moveListing({ database, session, listing, command, data, suspension, step, by, at });
        return { status: 200, headers: { ETag: etagOf(listingVersionAt(moved, at)) }, body: presentListing(moved, at) };
      },
    });

  return {
    submitListing: (call) =>
      idempotency.acceptOnce({
        call,
        async write(session, _commandId, at) {
          const { caller, correlationId, body } = call;
          const { listing, row } = await submitListing({
            database,
            session,
            listing: await findCalledListing({ database, call, session }),
            submittedBy: body?.submittedBy ?? null,
            correlationId,
            by: actorOf(caller),
            at,
            startDelayMs: OWN_SEND_MS,
          });
          return {
            status: 202,
            headers: {
              Location: `${basePath}/listing-reviews/${listing.reviewId}`,
              ETag: etagOf(listingVersionAt(listing, at)),
            },
            body: presentListing(listing, at),
            afterCommit: () => startSoon(row),
          };
        },
      }),

    withdrawListing: (call) => move(call, { command: 'withdraw', data: { reason: call.body.reason } }),
    republishListing: (call) => move(call, { command: 'republish' }),
    suspendListing: (call) =>
      move(call, { command: 'suspend', using: 'review', data: call.body, suspension: call.body }),
    reinstateListing: (call) => move(call, { command: 'reinstate', using: 'review', data: call.body }),
  };
}
