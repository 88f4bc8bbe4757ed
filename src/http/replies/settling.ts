import { etagOf, replyWithTag } from './etag';
import { notFound } from '../handler';
import { secondsToWait, waitUntilSettled } from './prefer-wait';
import type { Call, Reply } from '../pipeline/request-context';

/** A resource whose process runs on by itself, and that a caller may wait for (`Prefer: wait`). */
export interface Settling<Item extends { version: number }> {
  /** Name of the resource in a 404. */
  name: string;
  /** Returns the tenant's item with this id, or null. */
  find: (input: { tenantId: string; id: string }) => Promise<Item | null>;
  hasSettled: (item: Item) => boolean | Promise<boolean>;
  present: (item: Item) => unknown;
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
  const item = await waitUntilSettled({
    call,
    seconds,
    read: () => settling.find({ tenantId: call.tenantId, id }),
    hasSettled: settling.hasSettled,
  });
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
  const read = () => settling.find({ tenantId: call.tenantId, id });
  const found = await read();
  if (!found) throw notFound(settling.name);
  const seconds = secondsToWait(call.headers.prefer);
  const item =
    (seconds !== null && (await waitUntilSettled({ call, seconds, read, hasSettled: settling.hasSettled }))) || found;
  const reply = replyWithTag({ version: item.version, body: await settling.present(item) });
  return seconds === null
    ? reply
    : { ...reply, headers: { ...reply.headers, 'Preference-Applied': `wait=${seconds}` } };
}
