import { hash, randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import type { IdempotencyRecord } from '../../models/idempotency-record';
import { readSandbox, requireNoResetSince } from '../../services/sandbox/while-resetting';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { Call, Reply } from '../pipeline/request-context';
import { insertDocuments } from '../../services/insert-documents';
import { inFlight, refusalToKeep, rejectReuse, replayOf, keptReply } from './kept-reply';
import { isRefusal } from '../problems';
import { requirePreconditions } from './preconditions';
import type { Turns } from './turns';

/** Milliseconds that a command may run before another request with its key may take it over. */
const LOCK_MS = 10_000;

/** A command waits up to 2 s for its outcome (see SendOnboardingCommand), and then has to store it. */
const COMMAND_MS = 4000;

/** A response, and the work that follows its commit: done by this request, never by a repeat. */
export interface Written extends Reply {
  afterCommit?: () => void;
}

export interface AcceptOnceInput {
  call: Call;
  /** Asks a third party about the request before the transaction; never for a repeat. */
  prepare?: () => Promise<void>;
  /**
   * Makes the requested change, in the transaction that also writes the record. May run more than once, always with the
   * same `commandId` and the same `at`, the tenant's business time.
   */
  write: (session: ClientSession, commandId: string, at: Date) => Promise<Written>;
  /** True where `write` also does what no abort takes back: a repeat is then looked up first, and never begins it. */
  reachesOut?: boolean;
  /** Id of the document that concurrent requests of this kind write; they are then accepted in turns. */
  contended?: string;
  /** Returns the response that repeats get; by default the same one. Secrets must not be kept. */
  kept?: (reply: Reply) => Reply;
  /** Returns the problem behind an error; called outside the transaction that the error ended. */
  explain?: (error: unknown) => Promise<unknown>;
}

export interface CommandOnceInput {
  call: Call;
  /** Acts. Work that may outlast the lock extends it, which throws `REQUEST_IN_FLIGHT` once another took over. */
  send: (commandId: string, extendLock: () => Promise<void>) => Promise<Reply>;
  /**
   * For a batch: its time in milliseconds, and the problem once that is over. Every attempt has the same command's id.
   */
  batch?: { withinMs: number; overtime: DomainError };
  /** True for the reset of the sandbox itself; any other command is rejected while a reset runs. */
  isReset?: boolean;
}

export interface Idempotency {
  /**
   * Makes a change within one transaction, once per key: that transaction is the lock. A change is never reported as
   * accepted when a reset of the sandbox that began meanwhile may have deleted it.
   */
  acceptOnce(input: AcceptOnceInput): Promise<Reply>;
  /**
   * Sends a command, which is no transaction, once per key: an open record is the lock. The command's id is the same in
   * every attempt until one is refused: the next attempt is then a new command, whose refusal is not an earlier one.
   */
  commandOnce(input: CommandOnceInput): Promise<Reply>;
}

/** Returns the id of the record of a call's Idempotency-Key. */
export function recordIdOf({ tenantId, headers }: Pick<Call, 'tenantId' | 'headers'>): string {
  return hash('sha256', `${tenantId}\0${headers['idempotency-key'] ?? ''}`);
}

/** Returns a hash of method, path and body; the order of the body's keys does not matter. Equal hash, equal request. */
export function fingerprintOf({ method, path, json }: { method: string; path: string; json: unknown }): string {
  return hash('sha256', `${method}\0${path}\0${canonical(json ?? {})}`);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** A command to be sent under an open record, or the response that a concurrent request has stored meanwhile. */
interface OpenCommand {
  commandId: string;
  /** The lock that this request holds; the record has another one once another request has taken over. */
  lockedUntil: Date;
  reply: Reply | null;
}

/**
 * Guarantees one effect per Idempotency-Key of a tenant: every repeat gets the first response. A rejection that time
 * cures is not kept. Preconditions (RFC 9110 §13) are checked only when no response is kept.
 */
export function createIdempotency({ database, turns }: { database: Database; turns: Turns }): Idempotency {
  const { idempotency: records } = database.models;

  const find = (id: string, { tenantId }: Call): Promise<IdempotencyRecord | null> =>
    records.findOne({ _id: id, tenantId }).lean();

  const newRecord = (id: string, call: Call, reply: Reply | null): IdempotencyRecord => ({
    _id: id,
    tenantId: call.tenantId,
    fingerprint: call.fingerprint ?? '',
    commandId: randomUUID(),
    reply: reply && keptReply(reply, call),
    lockedUntil: new Date(Date.now() + (reply ? 0 : LOCK_MS)),
    createdAt: new Date(),
  });

  /** Stores a rejection that every repeat would meet. Returns a concurrent request's stored response, if any. */
  const keepRefusal = async (id: string, call: Call, error: unknown): Promise<Reply | null> => {
    const refusal = refusalToKeep(error, call);
    if (!refusal) return null;
    try {
      await insertDocuments({ model: records, documents: [newRecord(id, call, refusal)] });
      return null;
    } catch (failure) {
      if (!isDuplicateKey(failure)) throw failure;
      const concurrent = await find(id, call);
      return concurrent && replayOf(concurrent, call);
    }
  };

  return {
    async acceptOnce({ call, prepare, reachesOut, write, contended, kept = (reply) => reply, explain }) {
      const id = recordIdOf(call);
      const commandId = randomUUID();
      const { tenantId } = call;
      // A transaction that began before a reset may commit in the middle of the reset: only after the commit is it
      // known whether the change was deleted.
      const { now, resets } = await readSandbox({ database, tenantId });
      const unlessReset = async (reply: Reply): Promise<Reply> => {
        await requireNoResetSince({ database, tenantId, resets });
        return reply;
      };
      // A repeat is rare: the record's id refuses it, and then its response is looked up. Only what leaves the database
      // must not begin for it.
      const earlier = prepare || reachesOut ? await find(id, call) : null;
      if (earlier) return unlessReset(replayOf(earlier, call));
      let written: { reply: Reply; afterCommit?: () => void };
      try {
        await prepare?.();
        const commit = () =>
          database.inTransaction(async (session) => {
            call.deadline.throwIfPassed();
            await requirePreconditions({ database, call, session });
            const { afterCommit, ...reply } = await write(session, commandId, now);
            await insertDocuments({ model: records, documents: [newRecord(id, call, kept(reply))], session });
            call.deadline.throwIfPassed();
            return { reply, afterCommit };
          });
        written = await (contended === undefined ? commit() : turns.run(contended, commit));
      } catch (error) {
        // Whatever failed, a concurrent request with the same key may have committed, or this very commit may have
        // arrived: then the stored response is returned, once its commit has a majority and a read shows it.
        const winner = await find(id, call);
        if (winner) return unlessReset(replayOf(winner, call));
        if (isDuplicateKey(error, id)) throw inFlight();
        const meaning = (await explain?.(error)) ?? error;
        const onRecord = await keepRefusal(id, call, meaning);
        if (onRecord) return unlessReset(onRecord);
        throw meaning;
      }
      await unlessReset(written.reply);
      written.afterCommit?.();
      return written.reply;
    },

    async commandOnce({ call, send, batch, isReset = false }) {
      const id = recordIdOf(call);
      if (!isReset) await readSandbox({ database, tenantId: call.tenantId });
      const earlier = await find(id, call);
      if (earlier?.reply) return replayOf(earlier, call);
      const { reply: concurrent, commandId, ...opened } = earlier ? await takeOver(earlier) : await openIfMatching();
      if (concurrent) return concurrent;
      let lock = opened.lockedUntil;
      call.deadline.restart(batch?.withinMs ?? COMMAND_MS, batch?.overtime);
      try {
        const reply = await send(commandId, async () => {
          lock = await renew(lock);
        });
        await close(lock, reply);
        return reply;
      } catch (error) {
        const refusal = refusalToKeep(error, call);
        if (refusal) await close(lock, refusal);
        else await release(lock, error);
        throw error;
      }

      /** A sent command may itself have changed the resource's version, so a repeat is not checked again. */
      async function openIfMatching(): Promise<OpenCommand> {
        await requirePreconditions({ database, call });
        return open();
      }
      /** Opens the record, or continues that of a concurrent request that was first. */
      async function open(): Promise<OpenCommand> {
        const record = newRecord(id, call, null);
        try {
          await insertDocuments({ model: records, documents: [record] });
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          const concurrent = await find(id, call);
          // Its commit has no majority yet, so no read shows it.
          if (!concurrent) throw inFlight();
          return concurrent.reply ? { ...concurrent, reply: replayOf(concurrent, call) } : takeOver(concurrent);
        }
        if (call.deadline.passed) await release(record.lockedUntil);
        call.deadline.throwIfPassed();
        return { ...record, reply: null };
      }
      /** Continues a command whose process died, or whose outcome was not known. */
      async function takeOver(record: IdempotencyRecord): Promise<OpenCommand> {
        rejectReuse(record, call);
        if (record.lockedUntil.getTime() > Date.now()) throw inFlight();
        const lockedUntil = await renew(record.lockedUntil);
        call.deadline.throwIfPassed();
        return { commandId: record.commandId, lockedUntil, reply: null };
      }
      /** Holds the open record for another while. @throws DomainError REQUEST_IN_FLIGHT where it has another lock */
      async function renew(held: Date): Promise<Date> {
        const lockedUntil = new Date(Date.now() + LOCK_MS);
        // A lock that is renewed within the millisecond stays the same.
        const { matchedCount } = await records.updateOne(own(held), { $set: { lockedUntil } });
        if (matchedCount === 0) throw inFlight();
        return lockedUntil;
      }
      /** Matches the open record while it has this lock: a request that was taken over changes nothing. */
      function own(lock: Date) {
        return { _id: id, tenantId: call.tenantId, reply: null, lockedUntil: lock };
      }
      async function close(lock: Date, reply: Reply): Promise<void> {
        await records.updateOne(own(lock), { $set: { reply: keptReply(reply, call) } });
      }
      /**
       * Unlocks the open record. A repeat queries the same command's outcome, unless it is known that the command was
       * refused: the repeat is then a command of its own.
       */
      async function release(lock: Date, error?: unknown): Promise<void> {
        const next = isRefusal(error) && !batch ? { commandId: randomUUID() } : {};
        await records.updateOne(own(lock), { $set: { lockedUntil: new Date(0), ...next } });
      }
    },
  };
}
