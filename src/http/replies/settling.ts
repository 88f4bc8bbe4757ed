import type { Model } from 'mongoose';
import { etagOf, replyWithTag } from './etag';
import { notFound } from '../handler';
import { secondsToWait, waitUntilSettled } from './prefer-wait';
import type { Call, Reply } from '../pipeline/request-context';
import { VersionWatcher } from './version-watcher';

/** A resource whose process runs on by itself, and that a caller may wait for (`Prefer: wait`). */
export interface Settling<Item extends { version: number }> {
  /** Name of the resource in a 404. */
  name: string;
  /** The items; their version changes with every step. */
  model: Model<Item>;
  /** Returns the tenant's item with this id, or null. */
  find: (input: { tenantId: string; id: string }) => Promise<Item | null>;
  hasSettled: (item: Item) => boolean | Promise<boolean>;
  present: (item: Item) => unknown;
}

interface WaitInput<Item extends { version: number }> {
  call: Call;
  id: string;
  seconds: number;
  settling: Settling<Item>;
}

function wait<Item extends { version: number }>({ call, id, seconds, settling }: WaitInput<Item>) {
  const watcher = VersionWatcher.of(settling.model as never);
  return waitUntilSettled({
    call,
    seconds,
    read: () => settling.find({ tenantId: call.tenantId, id }),
    hasSettled: settling.hasSettled,
    changed: ({ version }, isOver) => watcher.changed({ tenantId: call.tenantId, id, version, isOver }),
  });
}

/** Returns the response of an acceptance (202): the accepted item, or the settled item for a caller who waits. */
export async function replyAccepted<Item extends { version: number }>({
  call,
  reply,
  settling,
}: {
  call: Call;
  reply: Reply;
  settling: Settling<Item>;
}): Promise<Reply> {
  const seconds = secondsToWait(call.headers.prefer);
  if (seconds === null || reply.status !== 202) return reply;
  const { id } = reply.body as { id: string };
  const item = await wait({ call, id, seconds, settling });
  if (!item) return reply;
  try {
    return {
      ...reply,
      headers: { ...reply.headers, ETag: etagOf(item.version), 'Preference-Applied': `wait=${seconds}` },
      body: await settling.present(item),
    };
  } catch {
    // The item is accepted whatever happens to the wait, so the response stays.
    return reply;
  }
}

/**
 * Returns the response of a GET: the current item, or the settled item for a caller who waits.
 * @throws DomainError NOT_FOUND
 */
export async function replyCurrent<Item extends { version: number }>({
  call,
  id,
  settling,
}: {
  call: Call;
  id: string;
  settling: Settling<Item>;
}): Promise<Reply> {
  const found = await settling.find({ tenantId: call.tenantId, id });
  if (!found) throw notFound(settling.name);
  const seconds = secondsToWait(call.headers.prefer);
  const item = (seconds !== null && (await wait({ call, id, seconds, settling }))) || found;
  const reply = replyWithTag({ version: item.version, body: await settling.present(item) });
  return seconds === null
    ? reply
    : { ...reply, headers: { ...reply.headers, 'Preference-Applied': `wait=${seconds}` } };
}
