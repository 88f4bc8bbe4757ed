import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { IdempotencyRecord } from '../../models/idempotency-record';
import { countResets, requireNoResetSince } from '../../services/sandbox/sandbox-reset';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { Call, Reply } from '../pipeline/request-context';
import { insertDocuments } from '../../services/insert-documents';
import { inFlight, refusalToKeep, rejectReuse, replayOf, storedReplyOf } from './kept-reply';
import { requirePreconditions } from './preconditions';

/** How long a command may be at work before another request with its key may take it over. */
const LOCK_MS = 10_000;

/** A command waits up to 2 s for its outcome (see SendOnboardingCommand), and then has to write it down. */
const COMMAND_MS = 4000;

/** The answer, and what follows once it is committed: by this request, not by a repeat. */
export interface Written extends Reply {
  afterCommit?: () => void;
}

export interface AcceptOnceInput {
  call: Call;
  /** Writes what was asked for, in the transaction that also writes the record. May run more than once. */
  write: (session: ClientSession) => Promise<Written>;
  /** What to keep of the answer for repeats; all of it by default. Secrets must not be kept. */
  kept?: (reply: Reply) => Reply;
  /** Says what an error means, outside the transaction it ended. */
  explain?: (error: unknown) => Promise<unknown>;
}

export interface CommandOnceInput {
  call: Call;
  send: (commandId: string) => Promise<Reply>;
  /** Whether it is itself what resets the sandbox; any other command is refused while a reset runs. */
  isReset?: boolean;
}

export interface Idempotency {
  /**
   * Does something within one transaction, once per key: that transaction is the lock. Nothing is answered as accepted
   * that a reset of the sandbox, begun meanwhile, may have deleted.
   */
  acceptOnce(input: AcceptOnceInput): Promise<Reply>;
  /**
   * Does something that is no transaction, once per key: an open record is the lock. The command's id is the same in
   * every attempt.
   */
  commandOnce(input: CommandOnceInput): Promise<Reply>;
}

/** The id of a key's record, and of the command sent with it. */
export function recordIdOf({ tenantId, key }: { tenantId: string; key: string }): string {
  return createHash('sha256').update(`${tenantId}\0${key}`).digest('hex');
}

/** What makes two requests the same: method, path and body, whatever the order of the body's keys. */
export function fingerprintOf({ method, path, json }: { method: string; path: string; json: unknown }): string {
  return createHash('sha256')
    .update(`${method}\0${path}\0${canonical(json ?? {})}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/**
 * One intention, one effect: the first answer to a tenant's Idempotency-Key is the answer to every repeat. A refusal
 * that time cures is not kept. Preconditions (RFC 9110 §13) are judged where no answer is.
 */
export function createIdempotency(database: Database): Idempotency {
  const { idempotency: records } = database.models;

  const find = (id: string, { tenantId }: Call): Promise<IdempotencyRecord | null> =>
    records.findOne({ _id: id, tenantId }).lean();

  const newRecord = (id: string, call: Call, reply: Reply | null): IdempotencyRecord => ({
    _id: id,
    tenantId: call.tenantId,
    fingerprint: call.fingerprint ?? '',
    reply: reply && storedReplyOf(reply, call),
    lockedUntil: new Date(Date.now() + (reply ? 0 : LOCK_MS)),
    createdAt: new Date(),
  });

  /** Keeps a refusal that a repeat would only meet again. Answers what is on record, which may be a twin's. */
  const keepRefusal = async (id: string, call: Call, error: unknown): Promise<Reply | null> => {
    const refusal = refusalToKeep(error, call);
    if (!refusal) return null;
    try {
      await insertDocuments({ model: records, documents: [newRecord(id, call, refusal)] });
      return null;
    } catch (failure) {
      if (!isDuplicateKey(failure)) throw failure;
      const twin = await find(id, call);
      return twin && replayOf(twin, call);
    }
  };

  return {
    async acceptOnce({ call, write, kept = (reply) => reply, explain }) {
      const id = idOf(call);
      const { tenantId } = call;
      // A transaction that began before a reset may commit in the middle of it: only after the commit can be told
      // whether it was deleted.
      const resets = await countResets({ database, tenantId });
      const unlessReset = async (reply: Reply): Promise<Reply> => {
        await requireNoResetSince({ database, tenantId, resets });
        return reply;
      };
      const earlier = await find(id, call);
      if (earlier) return unlessReset(replayOf(earlier, call));
      let written: { reply: Reply; afterCommit?: () => void };
      try {
        written = await database.inTransaction(async (session) => {
          call.deadline.throwIfPassed();
          await requirePreconditions({ database, call, session });
          const { afterCommit, ...reply } = await write(session);
          await insertDocuments({ model: records, documents: [newRecord(id, call, kept(reply))], session });
          call.deadline.throwIfPassed();
          return { reply, afterCommit };
        });
      } catch (error) {
        // Whatever went wrong, a twin with the same key may have won meanwhile, or this very commit may have arrived:
        // then that is the answer.
        const winner = await find(id, call);
        if (winner) return unlessReset(replayOf(winner, call));
        const meaning = (await explain?.(error)) ?? error;
        const onRecord = await keepRefusal(id, call, meaning);
        if (onRecord) return unlessReset(onRecord);
        throw meaning;
      }
      await unlessReset(written.reply);
      written.afterCommit?.();
      return written.reply;
    },

    async commandOnce({ call, send, isReset = false }) {
      const id = idOf(call);
      if (!isReset) await countResets({ database, tenantId: call.tenantId });
      const earlier = (await find(id, call)) ?? (await openIfMatching(id));
      if (earlier?.reply) return replayOf(earlier, call);
      if (earlier) await takeOver(earlier);
      call.deadline.restart(COMMAND_MS);
      try {
        const reply = await send(id);
        await close(id, reply);
        return reply;
      } catch (error) {
        const refusal = refusalToKeep(error, call);
        if (refusal) await close(id, refusal);
        else await release(id);
        throw error;
      }

      /** Once the command was sent its own effect may have moved the resource on, so a repeat is not judged again. */
      async function openIfMatching(recordId: string): Promise<IdempotencyRecord | null> {
        await requirePreconditions({ database, call });
        return open(recordId);
      }
      /** Opens the record; answers the one of a twin that was quicker. */
      async function open(recordId: string): Promise<IdempotencyRecord | null> {
        try {
          await insertDocuments({ model: records, documents: [newRecord(recordId, call, null)] });
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          return find(recordId, call);
        }
        if (call.deadline.passed) await release(recordId);
        call.deadline.throwIfPassed();
        return null;
      }
      /** Goes on with a command whose process died, or whose outcome was not known. */
      async function takeOver({ _id, lockedUntil, fingerprint }: IdempotencyRecord): Promise<void> {
        rejectReuse({ fingerprint }, call);
        const now = Date.now();
        if (lockedUntil.getTime() > now) throw inFlight();
        const { modifiedCount } = await records.updateOne(
          { _id, tenantId: call.tenantId, reply: null, lockedUntil },
          { $set: { lockedUntil: new Date(now + LOCK_MS) } },
        );
        if (modifiedCount === 0) throw inFlight();
        call.deadline.throwIfPassed();
      }
      async function close(recordId: string, reply: Reply): Promise<void> {
        await records.updateOne(
          { _id: recordId, tenantId: call.tenantId },
          { $set: { reply: storedReplyOf(reply, call) } },
        );
      }
      /** Leaves the record open, so that the repeat asks for the same command's outcome. */
      async function release(recordId: string): Promise<void> {
        await records.updateOne(
          { _id: recordId, tenantId: call.tenantId, reply: null },
          { $set: { lockedUntil: new Date(0) } },
        );
      }
    },
  };
}

const idOf = ({ tenantId, headers }: Call): string => recordIdOf({ tenantId, key: headers['idempotency-key'] ?? '' });
