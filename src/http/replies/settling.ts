import { etagOf, replyWithTag } from './etag';
import { notFound } from '../handler';
import { secondsToWait, waitUntilSettled } from './prefer-wait';
import type { Call, Reply } from '../pipeline/request-context';

/** Something that goes on by itself, and that a caller may wait for (`Prefer: wait`). */
export interface Settling<Item extends { version: number }> {
  /** What it is called in a 404. */
  what: string;
  /** The item of this id, if the tenant has it. */
  find: (input: { tenantId: string; id: string }) => Promise<Item | null>;
  hasSettled: (item: Item) => boolean | Promise<boolean>;
  present: (item: Item) => unknown;
}

/** The answer of an acceptance (202): as it was accepted, or for a caller who waits as it is once it has settled. */
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
    look: () => settling.find({ tenantId: call.tenantId, id }),
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
    // It is accepted whatever became of the wait, so the answer stays.
    return reply;
  }
}

/**
 * The answer of a GET: as it is, or for a caller who waits as it is once it has settled. @throws DomainError NOT_FOUND
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
  const look = () => settling.find({ tenantId: call.tenantId, id });
  const found = await look();
  if (!found) throw notFound(settling.what);
  const seconds = secondsToWait(call.headers.prefer);
  const item =
    (seconds !== null && (await waitUntilSettled({ call, seconds, look, hasSettled: settling.hasSettled }))) || found;
  const reply = replyWithTag({ version: item.version, body: await settling.present(item) });
  return seconds === null
    ? reply
    : { ...reply, headers: { ...reply.headers, 'Preference-Applied': `wait=${seconds}` } };
}
