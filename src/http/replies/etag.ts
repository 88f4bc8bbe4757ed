import { hash } from 'node:crypto';
import { DomainError } from '../../domain/domain-error';
import type { Call, Reply } from '../pipeline/request-context';
import { etagOf, readEntityTags, type EntityTag } from './entity-tags';

export { etagOf } from './entity-tags';

export interface VersionInStateInput {
  version: number;
  /** The state that is stored. */
  stored: string;
  /** The state that the response has: another one where time has passed the stored one. */
  shown: string;
}

/**
 * Returns the version for the ETag of a resource whose state passes with time. A state that nothing has written is part
 * of it, so that no reader keeps a response beyond its state.
 */
export const versionInState = ({ version, stored, shown }: VersionInStateInput): number | string =>
  stored === shown ? version : `${version}+${shown}`;

/** Reads the tags of a change by their versions alone: time has written nothing that the change could overwrite. */
function readWrittenTags(header: string): '*' | EntityTag[] {
  const tags = readEntityTags(header);
  if (tags === '*') return tags;
  return tags.map(({ weak, opaque }) => ({ weak, opaque: opaque.replace(/^("\d+)\+[a-z_]+"$/, '$1"') }));
}

/** Returns a resource with its ETag; `replyConditionally` makes it a 304 for a caller who holds this version. */
export const replyWithTag = ({ version, body }: { version: number | string; body: unknown }): Reply => ({
  status: 200,
  headers: { ETag: etagOf(version) },
  body,
});

/**
 * Returns a representation with an ETag of its content: where the version of the resource would report changes that the
 * reader does not see, or where what is shown changes without a new version. No change may be guarded by it.
 */
export const replyWithContentTag = (body: object): Reply =>
  replyWithTag({ version: hash('sha256', JSON.stringify(body), 'base64url'), body });

type Conditions = Pick<Call, 'headers'>;

/** Compares `If-Match` strongly; `tag` is null for a resource without one. Returns true without the header. */
function ifMatchHolds({ headers }: Conditions, tag: string | null, read = readEntityTags): boolean {
  const expected = headers['if-match'];
  if (expected === undefined) return true;
  const tags = read(expected);
  return tags === '*' || tags.some(({ weak, opaque }) => !weak && opaque === tag);
}

/** Compares `If-None-Match` weakly. Returns true without the header. */
function ifNoneMatchHolds({ headers }: Conditions, tag: string | null, read = readEntityTags): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return true;
  const tags = read(held);
  return tags !== '*' && !tags.some(({ opaque }) => opaque === tag);
}

/**
 * Rejects a change whose `If-Match` does not name the resource's current version, or whose `If-None-Match` does
 * (RFC 9110 §13.1). `version` is null for a resource without a tag. A tag of `versionInState` names its version.
 * @throws DomainError VERSION_MISMATCH
 */
export function rejectUnlessMatching({ call, version }: { call: Conditions; version: number | string | null }): void {
  const tag = version === null ? null : etagOf(version);
  if (!ifMatchHolds(call, tag, readWrittenTags)) throw mismatch(tag);
  if (!ifNoneMatchHolds(call, tag, readWrittenTags))
    throw new DomainError(
      'VERSION_MISMATCH',
      'If-None-Match names the current version of the resource, which forbids the change. Leave the header out.',
    );
}

/**
 * Rejects a change that would create the resource, whose `If-Match` names a version or `*` (RFC 9110 §13.1.1).
 * @throws DomainError VERSION_MISMATCH
 */
export function rejectUnlessMayCreate({ call }: { call: Conditions }): void {
  if (call.headers['if-match'] === undefined) return;
  const detail = 'There is no such resource, so If-Match matches nothing. Leave If-Match out to create it.';
  throw new DomainError('VERSION_MISMATCH', detail);
}

const mismatch = (tag: string | null): DomainError =>
  new DomainError(
    'VERSION_MISMATCH',
    tag === null
      ? 'The resource has no ETag, so If-Match cannot match a tag. Send "*", or leave If-Match out.'
      : `The resource was changed by someone else; its ETag is now ${tag}. Read it again, then repeat your change.`,
  );

/**
 * Returns the response of a GET under its conditions: 304 without a body for a caller who holds this version.
 * @throws DomainError VERSION_MISMATCH when `If-Match` names another version
 */
export function replyConditionally({ call, reply }: { call: Conditions; reply: Reply }): Reply {
  if (reply.status !== 200 && reply.status !== 206) return reply;
  const tag = reply.headers?.ETag ?? null;
  if (!ifMatchHolds(call, tag)) throw mismatch(tag);
  // A 304 confirms an ETag; a response without one cannot match any.
  if (tag === null || ifNoneMatchHolds(call, tag)) return reply;
  return { ...reply, status: 304, body: null };
}
