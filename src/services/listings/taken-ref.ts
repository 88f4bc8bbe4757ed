import { DomainError } from '../../domain/domain-error';
import { keyOfRef } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import { REF_INDEX } from '../../models/listings/listing';

/** True for the error of a listing whose `ref` another listing has. */
export const isTakenRef = (error: unknown): boolean => isDuplicateKey(error, REF_INDEX);

/** Returns the problem of a `ref` that another listing has. */
export const takenRef = (holderId: string): DomainError =>
  new DomainError(
    'REF_TAKEN',
    'Another of your listings has this ref. Change that listing, or send another ref and a new Idempotency-Key.',
    { conflictsWith: holderId },
  );

export interface ExplainTakenRefInput {
  database: Database;
  tenantId: string;
  ref: string;
}

/**
 * Returns the problem behind a refused `ref`. Reads with the concern `local`: the refused insert met a document that
 * the majority of the servers may not have confirmed yet.
 */
export async function explainTakenRef({ database, tenantId, ref }: ExplainTakenRefInput): Promise<DomainError> {
  const holder = await database.models.listings
    .findOne({ tenantId, refKey: keyOfRef(ref) }, { _id: 1 })
    .readConcern('local')
    .lean();
  if (holder) return takenRef(holder._id);
  // In a batch the refusal is kept under the key, so only another key is sure to help.
  return new DomainError(
    'REF_TAKEN',
    'A listing that was deleted meanwhile had this ref: send the listing again with a new Idempotency-Key.',
    { passes: true },
  );
}
