import { DomainError } from '../../domain/domain-error';
import type { Call, Reply } from '../pipeline/request-context';
import { etagOf, readEntityTags } from './entity-tags';

export { etagOf } from './entity-tags';

/** A resource with its tag; `replyConditionally` makes it a 304 for a caller who holds this version. */
export const replyWithTag = ({ version, body }: { version: number | string; body: unknown }): Reply => ({
  status: 200,
  headers: { ETag: etagOf(version) },
  body,
});

type Conditions = Pick<Call, 'headers'>;

/** `If-Match`, compared strongly; `tag` null where the resource has none. True where the header is absent. */
function ifMatchHolds({ headers }: Conditions, tag: string | null): boolean {
  const expected = headers['if-match'];
  if (expected === undefined) return true;
  const tags = readEntityTags(expected);
  return tags === '*' || tags.some(({ weak, opaque }) => !weak && opaque === tag);
}

/** `If-None-Match`, compared weakly. True where the header is absent. */
function ifNoneMatchHolds({ headers }: Conditions, tag: string | null): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return true;
  const tags = readEntityTags(held);
  return tags !== '*' && !tags.some(({ opaque }) => opaque === tag);
}

/**
 * Lets a change go on that was made from the version that a resource has, and whose `If-None-Match` does not name it
 * (RFC 9110 §13.1). `version` null for a resource without a tag. @throws DomainError VERSION_MISMATCH
 */
export function rejectUnlessMatching({ call, version }: { call: Conditions; version: number | string | null }): void {
  const tag = version === null ? null : etagOf(version);
  if (!ifMatchHolds(call, tag)) throw mismatch(tag);
  if (!ifNoneMatchHolds(call, tag))
    throw new DomainError(
      'VERSION_MISMATCH',
      'If-None-Match names the resource as it is now. Leave the header out: it asks that there be no such version.',
    );
}

const mismatch = (tag: string | null): DomainError =>
  new DomainError(
    'VERSION_MISMATCH',
    tag === null
      ? 'The resource has no ETag, so no tag of If-Match can be its own. Send "*", or no If-Match.'
      : `The resource is at ${tag} now. Read it again, and make the change from there.`,
  );

/**
 * The answer of a GET under its conditions: 304 without a body for a caller who holds this version. @throws DomainError
 * VERSION_MISMATCH where `If-Match` names another
 */
export function replyConditionally({ call, reply }: { call: Conditions; reply: Reply }): Reply {
  if (reply.status !== 200) return reply;
  const tag = reply.headers?.ETag ?? null;
  if (!ifMatchHolds(call, tag)) throw mismatch(tag);
  // A 304 says what the ETag is; without one there is nothing that a caller could hold.
  if (tag === null || ifNoneMatchHolds(call, tag)) return reply;
  return { ...reply, status: 304, body: null };
}
