import { DomainError } from '../../domain/domain-error';
import type { Call, Reply } from '../pipeline/request-context';

/** The entity tag of a resource's version, or of its version and those of what it shows besides (RFC 9110, strong). */
export const etagOf = (version: number | string): string => `"${version}"`;

const tagsIn = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/**
 * A resource with its tag; 304 without a body for a caller who holds this version (`If-None-Match`, compared weakly).
 */
export function replyWithTag({ call, version, body }: { call: Call; version: number | string; body: unknown }): Reply {
  const tag = etagOf(version);
  const held = call.headers['if-none-match'];
  const holdsIt = held !== undefined && tagsIn(held).some((one) => one === '*' || one.replace(/^W\//, '') === tag);
  return { status: holdsIt ? 304 : 200, headers: { ETag: tag }, body: holdsIt ? null : body };
}

/**
 * Lets a change go on that was made from this version, or from any (`If-Match`, compared strongly). @throws DomainError
 * VERSION_MISMATCH
 */
export function rejectUnlessMatching({ call, version }: { call: Call; version: number }): void {
  const expected = call.headers['if-match'];
  if (expected === undefined || tagsIn(expected).some((tag) => tag === '*' || tag === etagOf(version))) return;
  throw new DomainError(
    'VERSION_MISMATCH',
    `The resource is at ${etagOf(version)} now. Read it again, and make the change from there.`,
  );
}
