import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import type { Database } from '../../models/database';
import type { Listing, ListingSuspension } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import { expireListing } from '../../services/listings/expire-listing';
import { moveListing, type MovingCommand } from '../../services/listings/move-listing';
import { renewListing } from '../../services/listings/renew-listing';
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
  | 'renewListing'
  | 'expireListing'
  | 'suspendListing'
  | 'reinstateListing';

interface ChangeInput {
  /** The name of the command, which its step has too. */
  command: string;
  using?: 'write' | 'review';
  /** Makes the change within the transaction; may run more than once. */
  change: (within: ChangeWithin) => Promise<Listing>;
}

interface ChangeWithin {
  database: Database;
  session: ClientSession;
  listing: Listing;
  step: string;
  by: Actor;
  at: Date;
}

interface MoveInput extends Pick<ChangeInput, 'using'> {
  command: MovingCommand;
  data?: Record<string, unknown>;
  suspension?: Omit<ListingSuspension, 'at'>;
}

/** Moves listings: by guarded transitions, because a listing belongs to no process. */
export function listingCommandHandlers(input: ListingCommandHandlersInput): Handlers<CommandOperations> {
  const { database, idempotency, basePath, startSoon } = input;

  const apply = (call: ListingCall, { command, using = 'write', change }: ChangeInput): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      async write(session, commandId, at) {
        const listing = await findCalledListing({ database, call, session });
        const by = actorOf(call.caller, using);
        const changed = await change({ database, session, listing, step: `${command}/${commandId}`, by, at });
        const ETag = etagOf(listingVersionAt(changed, at));
        return { status: 200, headers: { ETag }, body: presentListing(changed, at) };
      },
    });

  const move = (call: ListingCall, { command, using, data = {}, suspension }: MoveInput): Promise<Reply> =>
    apply(call, { command, using, change: (within) => moveListing({ ...within, command, data, suspension }) });

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
            renewDays: body?.renewDays ?? null,
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

    renewListing: (call) =>
      apply(call, { command: 'renew', change: (within) => renewListing({ ...within, days: call.body.days }) }),

    expireListing(call) {
      // A renewal that commits first makes the transaction start again, which must not end the new time.
      let found: Pick<Listing, 'expiresAt'> | null = null;
      const change = (within: ChangeWithin) => {
        found ??= within.listing;
        return expireListing({ ...within, expiresAt: found.expiresAt });
      };
      return apply(call, { command: 'expire', change });
    },

    suspendListing: (call) =>
      move(call, { command: 'suspend', using: 'review', data: call.body, suspension: call.body }),
    reinstateListing: (call) => move(call, { command: 'reinstate', using: 'review', data: call.body }),
  };
}
