import type { AttributeValue } from '../../domain/listings/attributes';

/** A listing in the search index on MongoDB; a tombstone has a version and no keys. */
export interface SearchEntry {
  /** The listing's id. */
  _id: string;
  tenantId: string;
  version: number;
  /** Absent in a tombstone. */
  shown?: true;
  /** See `keysOf` in src/clients/search: the words and the values by which the entry is found. */
  keys: string[];
  /** See `SearchTerms`. */
  weights: string;
  category: string | null;
  amountMinor: number | null;
  currency: string | null;
  ownerRef: string | null;
  attributes: Record<string, AttributeValue>;
  /** Each as `attributeTermOf` returns it. */
  attributeTerms: string[];
  publishedAt: Date | null;
  expiresAt: Date | null;
  /** Real time, set in the tombstone of a listing that is deleted, which nothing needs for long. */
  deletedAt: Date | null;
}
